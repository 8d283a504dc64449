"""Student X keeps students' confidences: it finds who is told what about whom."""
