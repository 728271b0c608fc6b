"""Training sessions: notice, enrolment, sign-in, examination, hours on file."""
