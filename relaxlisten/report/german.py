"""Every word of a report in German; names in braces are filled in."""

WORDS = {
    # the page
    "title": "Ihre Hörsitzung",
    "date": "{date}, {time} Uhr (UTC)",
    "date_unknown": "Datum nicht bekannt",
    "with": "mit {name}",
    "minutes": "{n} Minuten",
    "seconds": "{n} Sekunden",
    "minutes_short": "min",
    "per_minute": "pro min",
    "simulated_edge": "SIMULIERTES HERZ: niemand wurde gemessen",
    "simulated": "Das Herz in diesem Bericht war simuliert. Niemand wurde gemessen, und nichts hier sagt etwas über irgendwen.",
    "heart_unknown": "Ob das Herz in diesem Bericht echt oder simuliert war, ist nicht bekannt: Der Anfang der Datei fehlt.",
    "concealed": (
        "Diese Sitzung gehört zu einer Studie, deren Arme noch verdeckt sind: Musik, Tempo und die Gründe dafür sind weggelassen."
    ),
    "damaged": "Die Aufzeichnung dieser Sitzung ist nicht ganz. Dieser Bericht enthält, was lesbar war:",
    "wellness": (
        "RelaxListen dient dem allgemeinen Wohlbefinden und der Forschung. Dieser Bericht beschreibt, was in einer Sitzung "
        "gemessen "
        "wurde. Er ist weder Diagnose noch Behandlung, und nichts darin verlangt medizinisches Handeln. Wer sich um sein Herz "
        "sorgt, "
        "frage eine Ärztin oder einen Arzt."
    ),
    "made_by": "Erstellt von RelaxListen {version}.",
    # in short
    "in_short": "Kurz gesagt",
    "short_listened": "Sie haben {length} gehört („{protocol}“).",
    "short_listened_no_name": "Die Sitzung dauerte {length}.",
    "short_pieces_one": "Ein Musikstück wurde gespielt.",
    "short_pieces": "{n} Musikstücke wurden gespielt.",
    "short_rating": "„{question}“ Ihre Antwort war {before} vorher und {after} nachher: {change}.",
    "short_rating_calmer": "auf dieser Skala um {n} ruhiger",
    "short_rating_less_calm": "auf dieser Skala um {n} weniger ruhig",
    "short_rating_same": "gleich",
    "short_rating_none": "Wie es Ihnen ging, wurde nicht vorher und nachher gefragt; der Bericht kann es nicht vergleichen.",
    "short_heart": "In den ersten {start_length} schlug Ihr Herz im Mittel {start}-mal pro Minute, gegen Ende {end}-mal.",
    "short_heart_same": (
        "Das ist etwa gleich: Ruhende Herzen schwanken zwischen zwei solchen Abschnitten oft von selbst um bis zu {chance} "
        "Schläge."
    ),
    "short_heart_slower": (
        "Es schlug um {n} pro Minute langsamer. Ruhende Herzen schwanken oft von selbst um bis zu {chance}; dies ist mehr: "
        "Ihr Herz "
        "wurde in der Sitzung ruhiger."
    ),
    "short_heart_faster": (
        "Es schlug um {n} pro Minute schneller. Ruhende Herzen schwanken oft von selbst um bis zu {chance}; dies ist mehr. "
        "Vieles kann "
        "das bewirken: ein Gedanke, ein Atemzug, ein Geräusch, ein Stück, das Sie bewegt."
    ),
    "short_heart_unknown": "Zu wenig vom Herzschlag war klar, um Anfang und Ende zu vergleichen.",
    "short_heart_none": "In dieser Sitzung wurde kein Herzschlag gehört.",
    "short_meaning": (
        "Was das heißt: Es wurde dieses eine Mal so gemessen. Auch stilles Sitzen beruhigt viele Herzen; dass die Musik der "
        "Grund "
        "war, zeigt es nicht, und ein Herz, das bleibt, wie es ist, hat nichts falsch gemacht. Was Sie spürten, zählt mindestens "
        "ebenso viel."
    ),
    "short_signal": "Der Herzschlag war {share} der Zeit klar.",
    # the chart
    "chart": "Der Verlauf",
    "chart_title": "Herzfrequenz und Tempo der Musik im Lauf der Sitzung",
    "legend_heart": "Herz (Schläge/min, mit 95-%-Bereich)",
    "legend_music": "Musik (BPM)",
    "chart_key_pieces": "Zahlen unter dem Bild: die Stücke.",
    "chart_key_notes": "Buchstaben: die Notizen.",
    "chart_heart": (
        "In Worten: Das Herz ging von {first} auf {last} Schläge pro Minute, am langsamsten {low} (bei {low_at}), am schnellsten "
        "{high} (bei {high_at})."
    ),
    "chart_no_heart": "In Worten: Eine Herzfrequenz ist nicht bekannt.",
    "chart_music": "Die Musik ging von {first} auf {last} BPM, zwischen {low} und {high}.",
    "chart_no_music": "Ein Tempo der Musik ist nicht gezeigt.",
    "chart_phases": "Phasen: {phases}.",
    # phases
    "phases": "Phasen",
    "phase": "Phase",
    "what": "Der Plan für die Musik",
    "from_to": "Von – bis",
    "heart_bpm": "Herz (Schläge/min)",
    "music_bpm": "Musik (BPM)",
    "phase_baseline": "dem Herzen nur zuhören",
    "phase_match": "auf das Tempo des Herzens gehen",
    "phase_lead": "ein wenig vorausgehen, wenn das Herz folgt",
    "phase_settle": "etwa bleiben, wo sie ankam",
    "phase_silence": "schweigen",
    "phase_recovery": "das Herz sich selbst überlassen",
    "phase_close": "langsam verklingen",
    # ratings
    "ratings": "Wie es sich anfühlte",
    "question": "Frage",
    "scale": "Skala",
    "scale_text": "{low} = {low_label}, {high} = {high_label}",
    "before": "Vorher",
    "after": "Nachher",
    "change": "Änderung",
    "calmer": "{n} ruhiger",
    "less_calm": "{n} weniger ruhig",
    "no_change": "keine",
    "no_ratings": "Es wurde nichts gefragt oder nichts beantwortet.",
    # pieces
    "pieces": "Die Musik, und das Herz dabei",
    "number": "Nr.",
    "piece": "Stück",
    "tempo_own": "Eigenes Tempo",
    "tempo_heard": "Gehört (BPM)",
    "heart_change": "Herz (Schläge/min)",
    "beyond": "Mehr als üblich",
    "not_enough": "noch zu wenig Daten",
    "beyond_value": "{mean} [{low}; {high}]",
    "change_value": "{change} (± {chance})",
    "pieces_text": (
        "Herz: die letzte Minute mit dem Stück gegen die 20 Sekunden davor; ± ist, was ruhende Herzen zwischen zwei solchen "
        "Abschnitten von selbst tun (90 %). Mehr als üblich: was dieses Stück bei dieser Person über das hinaus bewirkt, was in "
        "Sitzungen ohnehin geschieht, gegen ihr mittleres Stück, mit dem 90-%-Bereich; ab dem dritten Hören."
    ),
    "no_pieces": "Es wurde keine Musik gehört.",
    # notes
    "notes": "Notizen und Beobachtungen",
    "note_whole": "zur Sitzung",
    "no_notes": "Es wurde nichts notiert.",
    # quality
    "quality": "Wie gut die Daten sind",
    "sensor": "Sensor",
    "sensor_text": "{name} ({kind})",
    "sensor_ecg": "elektrisch (EKG)",
    "sensor_optical": "optisch: seine Abstände sind Pulsabstände (PRV), keine RR-Abstände",
    "sensor_simulated": "simuliert, keine Person",
    "sensor_file": "eine Datei mit Abständen",
    "sensor_unknown": "Art nicht bekannt",
    "battery": "Batterie {n} %",
    "beats": "Herzschläge",
    "beats_text": "{n} gefunden; {share} ohne Korrektur; klare Schläge decken {time} der Zeit",
    "beats_none": "der Sensor sandte keine Abstände zwischen Schlägen: nur Frequenzen, keine Variabilität",
    "corrected": "Korrigiert oder abgesetzt",
    "corrected_text": "{n} {cause}",
    "cause_normal": "normal",
    "cause_missed": "übersehen",
    "cause_extra": "zu viel",
    "cause_ectopic": "verfrüht (ektop)",
    "cause_misplaced": "verschoben",
    "cause_noise": "verrauscht",
    "cause_after_gap": "nach einer Lücke",
    "corrected_none": "keine",
    "gaps": "Lücken",
    "gaps_text": "{n}, zusammen {length}; Verbindung verloren: {lost}",
    "sound": "Ton",
    "sound_text": "Aussetzer: {n}",
    "notices": "Warnungen",
    "notice_times": "{text} ({n}-mal)",
    "withheld": "Was nicht gesagt wird, und warum",
    "withheld_what": "Was",
    "withheld_where": "Wo",
    "withheld_why": "Warum",
    "withheld_whole": "ganze Sitzung",
    "withheld_live": "live, {share} der Zeit",
    "withheld_none": "Nichts wurde zurückgehalten.",
    # the appendix
    "appendix": "Für die Forschung",
    "metrics": "Messgrößen der ganzen Sitzung",
    "metric": "Größe",
    "metric_heart_rate_bpm": "Herzfrequenz",
    "metric_mean_nn_ms": "Mittleres NN",
    "metric_total_ms2": "Gesamtleistung",
    "metric_coherence": "Kohärenz",
    "metric_breathing_per_min": "Atmung",
    "metric_relaxation": "Entspannungsindex",
    "value": "Wert",
    "unit": "Einheit",
    "window": "Fenster (s)",
    "sample": "Stichprobe",
    "sample_beats": "{n} NN",
    "sample_flow": "{n} NN, auch korrigierte",
    "sample_pairs": "{n} Paare",
    "metrics_text": (
        "NN: nur klare Abstände; Paare nie über eine Lücke oder Korrektur hinweg. {share} der Zeit ist von klaren Schlägen "
        "gedeckt. "
        "docs/metrics.md definiert jede Größe; Spektren sind Mittel über Abschnitte des Fensters, Atmung und Kohärenz Mediane."
    ),
    "pulse": "Der Sensor ist optisch: Alle Variabilität hier ist Pulsvariabilität (PRV), keine HRV.",
    "metrics_by_phase": "Messgrößen je Phase",
    "nn": "NN",
    "protocol": "Protokoll",
    "protocol_line": "{title} ({name}): {text}",
    "minutes_planned": "Minuten geplant",
    "kind": "Art",
    "setting": "Einstellung",
    "settings": "Einstellungen und Versionen",
    "limits": "Grenzen",
    "arm": "Arm",
    "seed": "Startwert",
    "seed_hidden": "mit der Studie versiegelt",
    "schema": "Schema der Aufzeichnung",
    "clocks": "Uhren",
    "clocks_text": (
        "Alle Zeiten sind Sekunden auf einer monotonen Uhr seit dem Öffnen der Sitzung ({start}); {ticks} Takte von einer "
        "Sekunde, "
        "der längste {longest} s. Was ein Tonzustand beschreibt, war {delay} ms später am Ohr (Median). Gang der Uhr der "
        "Soundkarte: "
        "{drift}. Die Verzögerung des Gurts selbst ist nicht bekannt."
    ),
    "drift_value": "{n} ppm",
    "drift_unknown": "nicht gemessen",
    "decisions": "Entscheidungen",
    "decisions_text": "{counts}. Jede mit allem, worauf sie ruht: relaxlisten why SITZUNG.",
    "decisions_none": "Keine wird gezeigt.",
    "decided_tempo": "{n} zum Tempo",
    "decided_piece": "{n} zum Stück",
    "decided_phase": "{n}, die eine Phase früher beendeten",
    "decided_pause": "{n}, die die Sitzung anhielten",
    "commands": "Was gedrückt wurde",
    "commands_none": "Nichts.",
    "reproduce": (
        "Nachrechnen: relaxlisten replay SITZUNG --verify; Herzfrequenzen von Abschnitten sind 60 000 / mittleres NN ihrer "
        "klaren "
        "Schläge."
    ),
    "chance_text": (
        "Was ruhende Herzen von selbst tun: Das Mittel einer Minute schwankt um {scale} Schläge/min (SD) um den Gang der Sitzung "
        "(relaxlisten/control/response.py); Abschnitte von m und n Minuten unterscheiden sich um ± 1,645 × {scale} × √(1/m + "
        "1/n), "
        "90 %."
    ),
}
