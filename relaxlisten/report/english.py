"""Every word of a report in English; names in braces are filled in."""

WORDS = {
    # the page
    "title": "Your listening session",
    "date": "{date}, {time} (UTC)",
    "date_unknown": "date not known",
    "with": "with {name}",
    "minutes": "{n} minutes",
    "seconds": "{n} seconds",
    "minutes_short": "min",
    "per_minute": "per min",
    "simulated_edge": "SIMULATED HEART: no person was measured",
    "simulated": "The heart in this report was simulated. No person was measured, and nothing here says anything about anybody.",
    "heart_unknown": "Whether the heart in this report was real or simulated is not known: the beginning of its record is lost.",
    "concealed": (
        "This session belongs to a study whose arms are still concealed: the music, its tempo and the reasons for it are left "
        "out."
    ),
    "damaged": "The record of this session is not whole. This report holds what could be read:",
    "wellness": (
        "RelaxListen is a tool for general wellness and research. This report describes what was measured in one session. It "
        "is no "
        "diagnosis and no treatment, and nothing in it calls for medical action. If you worry about your heart, ask a physician."
    ),
    "made_by": "Made by RelaxListen {version}.",
    # in short
    "in_short": "In short",
    "short_listened": "You listened for {length} (“{protocol}”).",
    "short_listened_no_name": "The session lasted {length}.",
    "short_pieces_one": "One piece of music was played.",
    "short_pieces": "{n} pieces of music were played.",
    "short_rating": "“{question}” You answered {before} before and {after} afterwards: {change}.",
    "short_rating_calmer": "calmer by {n} on this scale",
    "short_rating_less_calm": "less calm by {n} on this scale",
    "short_rating_same": "the same",
    "short_rating_none": "How you felt was not asked both before and after, so this report cannot compare it.",
    "short_heart": "In the first {start_length} your heart beat {start} times a minute on average, towards the end {end} times.",
    "short_heart_same": (
        "That is about the same: resting hearts often wander by up to {chance} beats a minute between two such stretches by "
        "themselves."
    ),
    "short_heart_slower": (
        "It beat {n} times a minute more slowly. Resting hearts often wander by up to {chance} by themselves, so this is more "
        "than that: "
        "your heart settled during the session."
    ),
    "short_heart_faster": (
        "It beat {n} times a minute faster. Resting hearts often wander by up to {chance} by themselves, so this is more than "
        "that. Many "
        "things do that: a thought, a breath, a noise, a piece that moves you."
    ),
    "short_heart_unknown": "Too little of the heartbeat was clear to compare the beginning with the end.",
    "short_heart_none": "No heartbeat was heard in this session.",
    "short_meaning": (
        "What this means: it is what was measured this once. Sitting quietly settles many hearts too, so it does not show "
        "that the "
        "music was the reason; and a heart that stays as it is has done nothing wrong. What you felt counts at least as much."
    ),
    "short_signal": "The heartbeat was clear for {share} of the time.",
    # the chart
    "chart": "How it went",
    "chart_title": "Heart rate and tempo of the music over the session",
    "legend_heart": "heart (bpm, with its 95 % range)",
    "legend_music": "music (BPM)",
    "chart_key_pieces": "Numbers below the chart: the pieces.",
    "chart_key_notes": "Letters: the notes.",
    "chart_heart": (
        "In words: the heart went from {first} to {last} beats a minute, lowest {low} (at {low_at}), highest {high} (at "
        "{high_at})."
    ),
    "chart_no_heart": "In words: no heart rate is known.",
    "chart_music": "The music went from {first} to {last} BPM, between {low} and {high}.",
    "chart_no_music": "No tempo of music is shown.",
    "chart_phases": "Phases: {phases}.",
    # phases
    "phases": "Phases",
    "phase": "Phase",
    "what": "The plan for the music",
    "from_to": "From – to",
    "heart_bpm": "Heart (bpm)",
    "music_bpm": "Music (BPM)",
    "phase_baseline": "listen to the heart only",
    "phase_match": "meet the tempo of the heart",
    "phase_lead": "go a little ahead, if the heart follows",
    "phase_settle": "stay about where it arrived",
    "phase_silence": "be silent",
    "phase_recovery": "leave the heart to itself",
    "phase_close": "end in a long fade",
    # ratings
    "ratings": "How it felt",
    "question": "Question",
    "scale": "Scale",
    "scale_text": "{low} = {low_label}, {high} = {high_label}",
    "before": "Before",
    "after": "After",
    "change": "Change",
    "calmer": "{n} calmer",
    "less_calm": "{n} less calm",
    "no_change": "none",
    "no_ratings": "Nothing was asked, or nothing was answered.",
    # pieces
    "pieces": "The music, and the heart with it",
    "number": "No.",
    "piece": "Piece",
    "tempo_own": "Own tempo",
    "tempo_heard": "As heard (BPM)",
    "heart_change": "Heart (bpm)",
    "beyond": "Beyond the usual (bpm)",
    "not_enough": "not enough data yet",
    "beyond_value": "{mean} [{low}, {high}]",
    "change_value": "{change} (± {chance})",
    "pieces_text": (
        "Heart: its last minute with the piece against the 20 seconds before it; ± is what resting hearts do by themselves "
        "between "
        "two such stretches (90 %). Beyond the usual: what this piece does to this person beyond what sessions do anyway, "
        "against "
        "their average piece, with the 90 % range; told from the third hearing on."
    ),
    "no_pieces": "No music was heard.",
    # notes
    "notes": "Notes and observations",
    "note_whole": "about the session",
    "no_notes": "No note was written.",
    # quality
    "quality": "How good the data are",
    "sensor": "Sensor",
    "sensor_text": "{name} ({kind})",
    "sensor_ecg": "electrical (ECG)",
    "sensor_optical": "optical: its intervals are pulse intervals (PRV), not RR intervals",
    "sensor_simulated": "simulated, no person",
    "sensor_file": "a file of intervals",
    "sensor_unknown": "kind not known",
    "battery": "battery {n} %",
    "beats": "Heart beats",
    "beats_text": "{n} found; {share} needed no correction; clean beats cover {time} of the time",
    "beats_none": "the sensor sent no intervals between beats: there are rates only, and no variability",
    "corrected": "Corrected or set apart",
    "corrected_text": "{n} {cause}",
    "cause_normal": "normal",
    "cause_missed": "missed",
    "cause_extra": "extra",
    "cause_ectopic": "early (ectopic)",
    "cause_misplaced": "misplaced",
    "cause_noise": "shaken (noise)",
    "cause_after_gap": "after a gap",
    "corrected_none": "none",
    "gaps": "Gaps",
    "gaps_text": "{n}, together {length}; connection lost: {lost}",
    "sound": "Sound",
    "sound_text": "breaks: {n}",
    "notices": "Warnings",
    "notice_times": "{text} ({n} times)",
    "withheld": "What is not told, and why",
    "withheld_what": "What",
    "withheld_where": "Where",
    "withheld_why": "Why",
    "withheld_whole": "whole session",
    "withheld_live": "live, for {share} of the time",
    "withheld_none": "Nothing was withheld.",
    # the appendix
    "appendix": "For researchers",
    "metrics": "Metrics of the whole session",
    "metric": "Metric",
    "metric_heart_rate_bpm": "Heart rate",
    "metric_mean_nn_ms": "Mean NN",
    "metric_total_ms2": "Total power",
    "metric_coherence": "Coherence",
    "metric_breathing_per_min": "Breathing",
    "metric_relaxation": "Relaxation index",
    "value": "Value",
    "unit": "Unit",
    "window": "Window (s)",
    "sample": "Sample",
    "sample_beats": "{n} NN",
    "sample_flow": "{n} NN, corrected too",
    "sample_pairs": "{n} pairs",
    "metrics_text": (
        "NN: clean intervals only; pairs are never taken across a gap or a correction. {share} of the time is covered by clean "
        "beats. docs/metrics.md defines each; spectra are means over stretches of the window, breathing and coherence medians."
    ),
    "pulse": "The sensor is optical: all variability here is pulse rate variability (PRV), not HRV.",
    "metrics_by_phase": "Metrics by phase",
    "nn": "NN",
    "protocol": "Protocol",
    "protocol_line": "{title} ({name}): {text}",
    "minutes_planned": "Minutes planned",
    "kind": "Kind",
    "setting": "Setting",
    "settings": "Settings and versions",
    "limits": "Limits",
    "arm": "Arm",
    "seed": "Seed",
    "seed_hidden": "sealed with the study",
    "schema": "Schema of the record",
    "clocks": "Clocks",
    "clocks_text": (
        "All times are seconds on one monotonic clock from the opening of the session ({start}); {ticks} ticks of one second, "
        "the "
        "longest {longest} s. What a sound state describes reached the ear {delay} ms later (median). Drift of the sound card's "
        "clock: {drift}. The strap's own delay is not known."
    ),
    "drift_value": "{n} ppm",
    "drift_unknown": "not measured",
    "decisions": "Decisions",
    "decisions_text": "{counts}. Every one, with what it rests on: relaxlisten why SESSION.",
    "decisions_none": "None is shown.",
    "decided_tempo": "{n} on the tempo",
    "decided_piece": "{n} on the piece",
    "decided_phase": "{n} that ended a phase early",
    "decided_pause": "{n} that paused the session",
    "commands": "What was pressed",
    "commands_none": "Nothing.",
    "reproduce": (
        "Reproduce: relaxlisten replay SESSION --verify; heart rates of stretches are 60 000 / mean NN of their clean beats."
    ),
    "chance_text": (
        "What resting hearts do by themselves: a minute's mean wanders by {scale} bpm (SD) about a session's course "
        "(relaxlisten/control/response.py), so two stretches of m and n minutes differ by ± 1.645 × {scale} × √(1/m + 1/n), 90 %."
    ),
}
