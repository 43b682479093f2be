"""The pages for everybody: actions, pledges, letters, and the private page of a pledge."""
