"""Making a suite say what the actor does now: a person accepts what differs, or takes the chain that is made now."""
