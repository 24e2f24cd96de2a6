"""The claims of the source texts, each as data and a small experiment, judged by a rule that was fixed beforehand."""
