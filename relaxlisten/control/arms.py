"""The arms of a study: what each does with tempo, pieces and sound.

Decision: an arm is a row of a table, three words long; the pipeline reads the words and never the name. Comparison rules that
others have published stand beside our own, so that a claim about the adaptive arm can be tested with the same program on the
same hearts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from relaxlisten.terms import Arm


class TempoRule(Enum):
    """Who sets the tempo."""

    LAW = "law"  # tempo_policy.py
    OWN = "own"  # each piece keeps its own
    FIXED = "fixed"  # the heart as it was met first
    ONE_BEAT = "one beat"  # the heart, less one
    DONOR = "donor"  # another session


class ChoiceRule(Enum):
    """Who chooses the pieces."""

    LEARNED = "learned"  # tempo, and what settles this person
    NEAREST = "nearest"  # tempo only
    RANDOM = "random"
    SLOWER = "slower"  # the next slower piece while the heart is above its baseline
    MEANS = "means"  # the piece after which the heart was lowest
    DONOR = "donor"  # another session


class SoundRule(Enum):
    """What is heard at all."""

    MUSIC = "music"
    NATURE = "nature"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class ArmRules:
    """One arm in three words."""

    tempo: TempoRule
    choice: ChoiceRule
    sound: SoundRule = SoundRule.MUSIC


ARMS: dict[Arm, ArmRules] = {
    Arm.ADAPTIVE: ArmRules(TempoRule.LAW, ChoiceRule.LEARNED),
    Arm.YOKED: ArmRules(TempoRule.DONOR, ChoiceRule.DONOR),
    Arm.FIXED: ArmRules(TempoRule.FIXED, ChoiceRule.NEAREST),
    Arm.UNMODIFIED: ArmRules(TempoRule.OWN, ChoiceRule.RANDOM),
    Arm.CHOICE_ONLY: ArmRules(TempoRule.OWN, ChoiceRule.LEARNED),
    Arm.TEMPO_ONLY: ArmRules(TempoRule.LAW, ChoiceRule.NEAREST),
    Arm.NATURE: ArmRules(TempoRule.OWN, ChoiceRule.RANDOM, SoundRule.NATURE),
    Arm.SILENCE: ArmRules(TempoRule.OWN, ChoiceRule.RANDOM, SoundRule.NOTHING),
    Arm.RANDOM_CHOICE: ArmRules(TempoRule.LAW, ChoiceRule.RANDOM),
    Arm.SLOWER_WHEN_ABOVE: ArmRules(TempoRule.OWN, ChoiceRule.SLOWER),
    Arm.SONG_MEANS: ArmRules(TempoRule.OWN, ChoiceRule.MEANS),
    Arm.ONE_BEAT: ArmRules(TempoRule.ONE_BEAT, ChoiceRule.NEAREST),
}
NATURE_PREFIX = "nature:"
