"""What the gate measures, by kind of query: `python -m tests.relevance [--worst 20] [--renew]`.

--renew writes the figures into baseline.json: do it when search has become better, or for a loss that is worth its price,
and say in the commit why.
"""

import argparse
import os

import django


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="show the N worst queries")
    parser.add_argument("--renew", action="store_true", help="make these figures the ones to hold")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from importers.sample.load import load
    from tests.ground import ground
    from tests.relevance import judging

    with ground() as index:
        load(lambda line: None)
        index()
        answers = judging.ask_all()
    found = judging.figures(answers)
    before = judging.read_baseline() if judging.BASELINE.exists() else {}
    for kind, value in found.items():
        print(f"{kind:10} {value:.4f}  (held: {before.get(kind, 0):.4f})")
    for answer in sorted(answers, key=lambda one: one.ndcg)[: options.worst]:
        print(answer)
    for answer in judging.wrong_codes(answers):
        print(f"First hit wrong: {answer}")
    if options.renew:
        judging.write_baseline(found)


if __name__ == "__main__":
    main()
