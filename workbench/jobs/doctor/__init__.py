"""Doctor: look over everything that a run or a review rests on, and say how to fix what is amiss.

Nothing is changed, nothing is sent that costs, and no message holds a key.
"""

from workbench.jobs.doctor.check import Check, CheckState
from workbench.jobs.doctor.examine import DoctorOptions, examine

__all__ = ["Check", "CheckState", "DoctorOptions", "examine"]
