"""How much people and coordinators can enter: letters, people, goals, days, texts. Forms, rules and database follow.

MOST_LETTERS is a constraint of the database too: another value needs a migration of `letters_possible` (pledges).
"""

MOST_LETTERS = 500  # in one pledge, and to one recipient in one report
MOST_OF_AN_EVENING = 20_000  # people at a letter evening, and letters to one recipient
MOST_HOURS_OF_AN_EVENING = 24  # for which it is open to reports that count at once
MOST_GOAL, USUAL_GOAL = 10_000_000, 500  # letters
LONGEST_LEAD = 200  # characters in the sentence under the title of an action
MOST_GRACE_DAYS, USUAL_GRACE_DAYS = 366, 14  # days after the deadline in which letters can be reported
LARGEST_PICTURE_BYTES = 10 * 1024**2  # of the uploaded file
MOST_PICTURE_PIXELS, LEAST_PICTURE_SIDE = 30_000_000, 240  # of the uploaded picture: in all, and in width and height
LONGEST_DESCRIPTION, LONGEST_CREDIT = 300, 120  # characters in the words of a picture
