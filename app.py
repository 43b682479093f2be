"""What gunicorn and flask run: `app`. Run as a program, it sets everything up first and then serves."""

from ua_tracker import create_app

app = create_app()

if __name__ == "__main__":
    from ua_tracker.serving import start

    start(app)
