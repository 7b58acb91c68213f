"""Three reporting guidelines as checklists, each item in our own words, with what a record can answer.

Sources. RG-MBI: Robb, Burns & Carpenter 2011, J Health Psychol 16:342-352, doi:10.1177/1359105310374781. GRAPH: Quintana, Alvares
& Heathers 2016, Transl Psychiatry 6:e803, doi:10.1038/tp.2016.73. Task Force of the ESC and NASPE 1996, Circulation 93:1043-1065,
doi:10.1161/01.CIR.93.5.1043.
"""

from __future__ import annotations

from relaxlisten.report.methods import Checklist, Item

MUSIC = Checklist(
    title="Music-based intervention (RG-MBI)",
    source="Robb, Burns & Carpenter 2011, doi:10.1177/1359105310374781",
    items=(
        Item(
            number="A",
            asks="Theory: why this music, and how it is expected to work on the outcome",
            answers=("The tempo of the music {tempo_rule} (iso principle: meet first, then lead, where it leads at all).",),
            person="the rationale for these pieces and this outcome",
        ),
        Item(
            number="B.1",
            asks="Who chose the music",
            answers=("The program, {choice_rule}, from the collection “{music}”.",),
            person="whose collection it was, and how it was put together",
        ),
        Item(
            number="B.2",
            asks="The music itself: references of recordings, or structure of original music",
            answers=("Heard: {pieces}.",),
            person="references of the recordings (built-in pieces: docs/music.md)",
        ),
        Item(
            number="B.3",
            asks="Delivery: live or recorded, equipment, who controlled the volume, level",
            answers=(
                "Recorded or computed music, played by the program; volume set to {volume} of full scale, at most {volume_cap}.",
            ),
            person="headphones or loudspeakers and where, who controlled the volume, level in dB",
        ),
        Item(
            number="B.4",
            asks="Materials, musical and other",
            answers=("RelaxListen {version_relaxlisten}; sensor “{sensor}”.",),
            person="computer, sound card, headphones, anything else",
        ),
        Item(
            number="B.5",
            asks="Strategies: what was done with the music",
            answers=(
                "{sound_rule}.",
                "Receptive listening in {phase_count} phases: {phases}.",
                "Music listening with the protocol “{protocol}”.",
            ),
            person="what the listener was told",
        ),
        Item(
            number="C",
            asks="Schedule: number, length and frequency of sessions",
            answers=(
                "One session of {duration} min.",
                "{sessions} sessions of {duration_low} to {duration_high} min (median {duration_median}).",
            ),
            person="how often, over what time, and practice between sessions",
        ),
        Item(
            number="D",
            asks="Interventionist: who delivered it, with what qualification, how many",
            answers=("The program ran the session; commands given by hand: {pressed}; notes: {markers}.",),
            person="who was present, and their training",
        ),
        Item(
            number="E",
            asks="Fidelity: how it was made sure and measured that it was delivered as intended",
            answers=(
                "Fidelity index {fidelity_index}: completed {fidelity_completed}, audible {fidelity_audible}, tempo "
                "{fidelity_tempo}.",
                "Fidelity index {fidelity_low} to {fidelity_high} (median {fidelity_median}).",
            ),
            person="training and checks of people",
        ),
        Item(number="F", asks="Setting: place, privacy, ambient sound", person="where it took place, alone or not, how quiet"),
        Item(
            number="G",
            asks="Unit of delivery: individuals or groups, and their size",
            answers=("Each record holds one listener.",),
            person="whether people listened alone or in a group",
        ),
    ),
)

HEART = Checklist(
    title="Heart rate variability (GRAPH)",
    source="Quintana, Alvares & Heathers 2016, doi:10.1038/tp.2016.73",
    items=(
        Item(number="1a", asks="How the clinical group was recruited and assessed", person="recruitment and assessment, if any"),
        Item(number="1b", asks="How controls were recruited, and illness ruled out", person="recruitment of controls, if any"),
        Item(number="1c", asks="Inclusion criteria", person="criteria, such as physical health and medication"),
        Item(number="1d", asks="Illness: duration, severity, comorbidity, medication", person="illness and medication, if any"),
        Item(
            number="1e",
            asks="Demographics: age, sex, activity, smoking and the like",
            answers=("{participants} participants.",),
            person="demographics",
        ),
        Item(
            number="2a",
            asks="Hardware and electrode configuration",
            answers=("“{sensor}” ({sensor_kind}).",),
            person="brand and model as sold, where it was worn",
        ),
        Item(
            number="2b",
            asks="Collection: sampling, length, time of day, filters, posture, instructions",
            answers=(
                "Intervals in units of {resolution} s (Bluetooth {service}); the strap's own sampling and filters are its "
                "maker's.",
                "Length {duration} min, begun {started}.",
            ),
            person="posture, instructions, time since food, caffeine and exercise",
        ),
        Item(
            number="3a",
            asks="How intervals were computed, and whether they were resampled",
            answers=(
                "Intervals as the sensor sent them ({resolution} s); no resampling: spectra are taken from the beats themselves.",
            ),
        ),
        Item(
            number="3b",
            asks="How artefacts were found",
            answers=(
                "By an algorithm that weighs explanations of each interval (missed, extra, early, misplaced, noise), causal.",
                "Found: {causes}.",
            ),
            person="whether anybody looked at the beats as well",
        ),
        Item(
            number="3c",
            asks="Data lost, and why",
            answers=("Gaps: {gaps}, of {gap_s} s in all; clean beats cover {clean_time} % of the time.", "Not whole: {faults}."),
            person="sessions left out of the analysis, with reasons",
        ),
        Item(
            number="3d",
            asks="How artefacts were cleaned, and the share of corrected beats",
            answers=("{changed} of {beats} beats ({changed_share} %) corrected or set apart; statistics take none of these.",),
        ),
        Item(
            number="4a",
            asks="Metrics, software, transformations",
            answers=(
                "RelaxListen {version_relaxlisten}; RMSSD from {pairs} pairs, SDNN from {clean} intervals; ln RMSSD where "
                "compared.",
            ),
            person="the metrics that were analysed",
        ),
        Item(
            number="4b",
            asks="Frequency bands and what they are taken to mean",
            answers=(
                "LF {lf_band} Hz, HF {hf_band} Hz, in ms²; LF/HF is not read as balance or stress, since slow breathing moves "
                "respiratory sinus arrhythmia into LF.",
            ),
        ),
    ),
)

STANDARD = Checklist(
    title="Essentials of measurement (Task Force)",
    source="Task Force of the ESC and NASPE 1996, doi:10.1161/01.CIR.93.5.1043",
    items=(
        Item(
            number="1",
            asks="Length of the recording, and that only equal lengths are compared",
            answers=("{duration} min; spectra are means over stretches of {stretch_min} min.",),
            person="lengths that were compared",
        ),
        Item(number="2", asks="Precision of the intervals", answers=("{resolution} s.",), person="precision of the strap itself"),
        Item(
            number="3",
            asks="Normal-to-normal intervals only; ectopic and missing beats named",
            answers=("{clean} clean intervals; found besides: {causes}.",),
        ),
        Item(
            number="4",
            asks="Time domain: which measures, and what they estimate",
            answers=("SDNN {sdnn} ms (overall), RMSSD {rmssd} ms (short-term).",),
        ),
        Item(
            number="5",
            asks="Frequency domain: method, bands, units, least length",
            answers=(
                "LF {lf_band} Hz from {lf_least} clean min on, HF {hf_band} Hz from {hf_least} clean min on, in ms² and "
                "normalised units; no interpolation.",
            ),
        ),
        Item(number="6", asks="What is withheld, and why", answers=("{withheld}.",)),
        Item(
            number="7",
            asks="Conditions: rest, posture, breathing, surroundings",
            answers=("Phases: {phases}.",),
            person="posture, rest before, whether breathing was paced",
        ),
    ),
)
ALL = (MUSIC, HEART, STANDARD)
