"""The sentences of a methods text, with places for figures."""

from __future__ import annotations

from relaxlisten.control.arms import ChoiceRule, SoundRule, TempoRule

SIMULATED = "THE HEART WAS SIMULATED: no participant was measured. This text shows the form only."
SIMULATED_STUDY = "AT LEAST ONE HEART WAS SIMULATED: see below how many. No participant was measured in those sessions."
UNKNOWN_HEART = "The header of the record is lost: whether the heart was simulated is not known."
CONCEALED = "The study is still concealed: what belongs to the arm is left out."

TEMPO = {
    TempoRule.LAW: "met the listener's heart rate and then went ahead of it in small steps while the heart followed",
    TempoRule.OWN: "stayed that of each piece",
    TempoRule.FIXED: "stayed where the heart rate was first met",
    TempoRule.ONE_BEAT: "was kept one beat a minute below the heart rate",
    TempoRule.DONOR: "repeated that of another session, whatever this heart did",
}
CHOICE = {
    ChoiceRule.LEARNED: "by their tempo and by how much each was expected to settle this listener",
    ChoiceRule.NEAREST: "by their tempo only",
    ChoiceRule.RANDOM: "at random",
    ChoiceRule.SLOWER: "as the next slower one while the heart rate was above its baseline",
    ChoiceRule.MEANS: "as the ones after which the heart rate had been lowest on average",
    ChoiceRule.DONOR: "as in another session",
}
# Of arms without music.
SOUND = {SoundRule.NATURE: "Sounds of nature were played instead of music", SoundRule.NOTHING: "No music was played"}

SESSION = (
    (
        "One session of music listening lasted {duration} min and followed the protocol “{protocol}” in {phase_count} phases: "
        "{phases}.",
        "It was run with RelaxListen {version_relaxlisten} in the condition “{arm}”.",
        "Music came from “{music}”; {piece_count} pieces were heard, chosen by the program {choice_rule}.",
        "{sound_rule}.",
        "The tempo of the music {tempo_rule}.",
        "At the ear it began at {tempo_start} and ended at {tempo_end} BPM.",
        "Pitch was kept while tempo changed by at most {stretch} % of a piece's own, no faster than {slew} % per beat.",
        "Random choices were drawn from the seed {seed}.",
        "The session delivered what was intended to a fidelity of {fidelity_index} (share completed {fidelity_completed}, "
        "audible as "
        "planned {fidelity_audible}, tempo as planned {fidelity_tempo}).",
    ),
    (
        "Heart beats came from “{sensor}” ({sensor_kind}).",
        "Over {duration} min {beats} beats were found; {changed} of them ({changed_share} %) were corrected or set apart "
        "({causes}); gaps: {gaps}, of {gap_s} s in all; clean beats covered {clean_time} % of the time.",
        "Artefacts were explained and undone causally, beat by beat; statistics took uncorrected NN intervals only ({clean}), "
        "and "
        "successive differences never crossed a gap or a correction ({pairs} pairs).",
        "Over the whole session the mean heart rate was {heart_rate} bpm, SDNN {sdnn} ms and RMSSD {rmssd} ms.",
        "The heart rate was {start_rate} bpm in the beginning and {end_rate} bpm before the close ({rate_change} bpm; two such "
        "stretches of a resting heart differ by up to {chance} bpm by themselves in nine of ten cases).",
        "Withheld: {withheld}.",
        "Self-report: {ratings}.",
    ),
    (
        "Everything was recorded on one monotonic clock (record schema {schema}) and can be replayed bit for bit; Python "
        "{version_python}, NumPy {version_numpy}, SciPy {version_scipy}.",
    ),
)

STUDY = (
    (
        "{participants_planned} participants were planned in a {design} design that compared {arm_count} arms with the protocol "
        "“{protocol}”; {participants} took part in {sessions} recorded sessions.",
        "The arms were: {arms}.",
        "Allocation: {allocation}.",
        "It was drawn from the seed {allocation_seed}.",
        "The allocation is sealed until the study is opened; its seed and the arms of sessions are not told before.",
        "The study was unblinded on {unblinded} (reason given: {unblind_reason}).",
        "Sessions by arm: {sessions_by_arm}.",
    ),
    (
        "Sessions lasted {duration_low} to {duration_high} min (median {duration_median}); in the median session clean beats "
        "covered "
        "{clean_median} % of the time.",
        "The fidelity index was {fidelity_low} to {fidelity_high} (median {fidelity_median}).",
        "{simulated} of these sessions had a simulated heart.",
        "Of the recorded sessions {faulty} are not whole or hold no heart beat: {faults}.",
    ),
    ("RelaxListen {version_relaxlisten}; every session was recorded on one monotonic clock and can be replayed bit for bit.",),
)
SEALED_SENTENCE = STUDY[0][4]
