"""Doctor: check everything that a run or a review depends on, and say how to fix what's wrong.

Nothing is changed, nothing is sent that costs money, and no message contains a key.
"""

from workbench.jobs.doctor.check import Check, CheckState
from workbench.jobs.doctor.examine import DoctorOptions, examine

__all__ = ["Check", "CheckState", "DoctorOptions", "examine"]
