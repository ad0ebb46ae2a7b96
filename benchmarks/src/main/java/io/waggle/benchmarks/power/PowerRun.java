package io.waggle.benchmarks.power;

import io.waggle.app.demo.Readers;
import io.waggle.core.evaluate.PolicyEvaluator;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One log of the front page, and candidates of a known lift evaluated on it as the job does.
 *
 * <p>Every page view has a best story and another one drawn at random. The logger is for the best
 * in {@value #LOGGER_SKILL} of the cases, a candidate in some more; so many more that its expected
 * clicks are the wanted lift above the logger's. Both show any story alike with the exploration's
 * probability. By {@link Overlap} a case is a page view, in which the policy is for one story
 * alone, or its draw. Same seed, same run.
 */
final class PowerRun {
  /** How often the logger is for the best story. */
  static final double LOGGER_SKILL = 0.5;

  /** Page views of another seed that tell how large a lift a skill is. */
  private static final int CALIBRATION = 20_000;

  private static final long CALIBRATION_SEED = 1_000_000;

  /** A look comes when the decisions have grown by this share. */
  private static final double LOOK_GROWTH = 0.02;

  private static final int FIRST_LOOK = 100;

  private final Overlap overlap;
  private final double exploration;
  private final int mostDecisions;
  private final double alpha;

  PowerRun(Overlap overlap, double exploration, int mostDecisions, double alpha) {
    this.overlap = overlap;
    this.exploration = exploration;
    this.mostDecisions = mostDecisions;
    this.alpha = alpha;
  }

  /** The skill that has this relative lift over the logger. */
  double skill(double lift) {
    Readers readers = new Readers(CALIBRATION_SEED);
    SplittableRandom random = new SplittableRandom(CALIBRATION_SEED);
    double logger = 0;
    double bySkill = 0;
    for (int i = 0; i < CALIBRATION; i++) {
      Page page = new Page(readers.open(), random);
      logger += page.value(LOGGER_SKILL);
      bySkill += page.value(1) - page.value(0);
      readers.show(page.draw(random));
    }
    return LOGGER_SKILL + lift * logger / bySkill;
  }

  /**
   * Decisions until each candidate's lift interval lies above 0, in the order of the skills; 0
   * where it did not within the most decisions. A look comes every 2 % more decisions.
   */
  List<Outcome> run(double[] skills, long seed) {
    Readers readers = new Readers(seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<Candidate> candidates = new ArrayList<>();
    for (double skill : skills) {
      candidates.add(new Candidate(skill));
    }
    int nextLook = FIRST_LOOK;
    int decisions = 0;
    while (decisions < mostDecisions && candidates.stream().anyMatch(each -> each.toldAt == 0)) {
      decisions++;
      Page page = new Page(readers.open(), random);
      int shown = page.draw(random);
      double reward = readers.show(shown) ? 1 : 0;
      boolean look = decisions == nextLook;
      for (Candidate candidate : candidates) {
        candidate.take(page, shown, reward, look ? decisions : 0);
      }
      nextLook = look ? (int) Math.ceil(nextLook * (1 + LOOK_GROWTH)) : nextLook;
    }
    return candidates.stream().map(Candidate::outcome).toList();
  }

  /**
   * What became of a candidate.
   *
   * @param toldAt decisions; 0: not told apart
   * @param lift the relative lift it truly had up to then
   */
  record Outcome(int toldAt, double lift) {}

  private final class Candidate {
    private final double skill;
    private final PolicyEvaluator evaluator = new PolicyEvaluator(0, 1, alpha);
    private double value;
    private double loggerValue;
    private int toldAt;

    Candidate(double skill) {
      this.skill = skill;
    }

    /** A look: decisions so far, or 0 for none. */
    void take(Page page, int shown, double reward, int look) {
      if (toldAt > 0) {
        return;
      }
      evaluator.add(page.probability(skill, shown), page.probability(LOGGER_SKILL, shown), reward);
      value += page.value(skill);
      loggerValue += page.value(LOGGER_SKILL);
      if (look > 0 && evaluator.evaluate().getLift().getLower() > 0) {
        toldAt = look;
      }
    }

    Outcome outcome() {
      return new Outcome(toldAt, value / loggerValue - 1);
    }
  }

  /** A page view and what policies do on it. */
  private final class Page {
    private final double[] clicks;
    private final double mean;
    private final int best;
    private final int other;
    private final double draw;

    Page(double[] clicks, SplittableRandom random) {
      this.clicks = clicks;
      double sum = 0;
      int largest = 0;
      for (int story = 0; story < clicks.length; story++) {
        sum += clicks[story];
        largest = clicks[story] > clicks[largest] ? story : largest;
      }
      this.mean = sum / clicks.length;
      this.best = largest;
      this.other = random.nextInt(clicks.length);
      this.draw = random.nextDouble();
    }

    /** How much a policy of that skill is for the best story here. */
    private double forBest(double skill) {
      return switch (overlap) {
        case FAVOURITES -> draw < skill ? 1 : 0;
        case BLENDS -> skill;
      };
    }

    double probability(double skill, int story) {
      double forBest = forBest(skill);
      double favoured = (story == best ? forBest : 0) + (story == other ? 1 - forBest : 0);
      return (1 - exploration) * favoured + exploration / clicks.length;
    }

    /** Expected click. */
    double value(double skill) {
      double forBest = forBest(skill);
      double favoured = forBest * clicks[best] + (1 - forBest) * clicks[other];
      return (1 - exploration) * favoured + exploration * mean;
    }

    /** What the logger shows. */
    int draw(SplittableRandom random) {
      if (random.nextDouble() < exploration) {
        return random.nextInt(clicks.length);
      }
      return random.nextDouble() < forBest(LOGGER_SKILL) ? best : other;
    }
  }
}
