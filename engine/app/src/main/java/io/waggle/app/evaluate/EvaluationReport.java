package io.waggle.app.evaluate;

import io.waggle.app.report.Table;
import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.core.log.LogCounts;
import io.waggle.core.offline.Ablation;
import io.waggle.core.offline.CandidateResult;
import io.waggle.core.offline.Estimate;
import io.waggle.core.offline.Estimator;
import io.waggle.core.offline.FeatureCensus;
import io.waggle.v1.ConfidenceInterval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the candidates were worth on a log.
 *
 * @param plan what was to be done
 * @param estimator that ranks
 * @param counts what was read
 * @param looked candidates looked at, the log itself not counted
 * @param alpha error probability of each candidate's intervals
 * @param ranked the candidates, the best first
 * @param choice what the ablation left out
 * @param losses by the ablation, the most lost first
 * @param seconds the evaluation took
 */
public record EvaluationReport(
    EvaluationPlan plan,
    Estimator estimator,
    LogCounts counts,
    int looked,
    double alpha,
    List<CandidateResult> ranked,
    AblationChoice choice,
    List<Ablation.Loss> losses,
    double seconds) {
  private static final int REASONS_SHOWN = 10;
  private static final int NAMES_SHOWN = 12;
  private static final int CONDITIONS_SHOWN = 20;

  public EvaluationReport {
    ranked = List.copyOf(ranked);
    losses = List.copyOf(losses);
  }

  /**
   * Those that saw the whole log by their estimate, then those that were ended, then those of which
   * nothing can be said.
   */
  static List<CandidateResult> ranked(List<CandidateResult> results, Estimator estimator) {
    return results.stream()
        .sorted(
            Comparator.<CandidateResult>comparingInt(
                    each -> each.noOverlap() ? 2 : each.end().isEmpty() ? 0 : 1)
                .thenComparing(
                    Comparator.<CandidateResult>comparingLong(
                            each -> each.end().isEmpty() ? 0 : each.evaluation().getCount())
                        .reversed())
                .thenComparing(
                    Comparator.<CandidateResult>comparingDouble(
                            each -> rankedBy(each, estimator).value())
                        .reversed()))
        .toList();
  }

  /** Its estimate by the ranking's estimator, or by SNIPS where there is none such. */
  static Estimate rankedBy(CandidateResult result, Estimator estimator) {
    Estimate found = result.estimate(estimatorOf(result, estimator));
    return found == null ? new Estimate(Double.NaN, Double.NaN, Double.NaN) : found;
  }

  static Estimator estimatorOf(CandidateResult result, Estimator estimator) {
    return result.estimate(estimator) == null ? Estimator.SNIPS : estimator;
  }

  /** The report for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %d records, %d decisions, in %s s (%s decisions a second)"
            .formatted(
                String.join(" + ", plan.names()),
                counts.records(),
                counts.decisions(),
                number("%.1f", seconds),
                number("%.0f", counts.decisions() / Math.max(1e-3, seconds))));
    new TreeMap<>(counts.passedOver())
        .forEach((reason, count) -> lines.add("  passed over: " + count + " x " + reason));
    counts.bad().entrySet().stream()
        .sorted(
            Comparator.<Map.Entry<String, Long>>comparingLong(each -> -each.getValue())
                .thenComparing(Map.Entry::getKey))
        .limit(REASONS_SHOWN)
        .forEach(each -> lines.add("  bad: " + each.getValue() + " x " + each.getKey()));
    lines.addAll(table().lines());
    lines.add(footnote());
    if (plan.search() != null) {
      lines.add(searchNote());
    }
    List<CandidateResult> remarkable =
        ranked.stream().filter(each -> !each.end().isEmpty() || each.refused() > 0).toList();
    remarkable.stream().limit(CONDITIONS_SHOWN).forEach(each -> lines.add(condition(each)));
    if (remarkable.size() > CONDITIONS_SHOWN) {
      lines.add("  and %d more".formatted(remarkable.size() - CONDITIONS_SHOWN));
    }
    ranked.stream()
        .filter(each -> each.alarm() != null)
        .forEach(each -> lines.add("  ALARM " + each.candidate().name() + ": " + each.alarm()));
    if (plan.ablation() != null) {
      lines.addAll(ablationLines());
    }
    return lines;
  }

  /** Everything as figures, for a file. */
  public Map<String, Object> figures() {
    return ReportFigures.of(this);
  }

  private Table table() {
    Table table =
        new Table(
            "candidate",
            "value",
            "by",
            "fixed-time interval",
            "anytime interval (IPS)",
            "anytime lift over the log",
            "decisions",
            "ESS",
            "largest weight",
            "above 10");
    for (CandidateResult each : ranked) {
      String name = title(each);
      String count = Long.toString(each.evaluation().getCount());
      if (each.noOverlap()) {
        table.row(name, nothing(each), "-", "-", "-", "-", count, "0", "-", "-");
      } else {
        Estimate value = rankedBy(each, estimator);
        table.row(
            name,
            number("%.5f", value.value()),
            estimatorOf(each, estimator).label(),
            interval(value),
            interval(each.evaluation().getInterval()),
            interval(each.evaluation().getLift()),
            count,
            number("%.0f", each.evaluation().getEffectiveSampleSize()),
            number("%.2f", each.evaluation().getWeightMax()),
            number("%.1f %%", 100 * each.clippedShare()));
      }
    }
    return table;
  }

  /** Why there is no value. */
  static String nothing(CandidateResult result) {
    return result.evaluation().getCount() == 0 ? "no decisions" : "no overlap";
  }

  private String title(CandidateResult result) {
    return plainTitle(result) + (result.end().isEmpty() ? "" : " (ended)");
  }

  /** What of a search only its options tell apart. */
  private String plainTitle(CandidateResult result) {
    String name = result.candidate().name();
    boolean searched =
        plan.search() != null && plan.search().candidates().contains(result.candidate());
    return searched ? (name + " " + result.candidate().description()).strip() : name;
  }

  /** What the columns' intervals are. */
  String footnote() {
    return ("Intervals: alpha %s each. Anytime: %s, valid at every look and while rewards drift. "
            + "Fixed-time: normal, for one look at the end of a log of this length.")
        .formatted(number("%.3g", alpha), PolicyEvaluator.METHOD);
  }

  /** How the search went, and what that does to the intervals. */
  String searchNote() {
    long dropped = ended("dropped");
    long halved = ended("halved");
    return ("Search: %d candidates looked at; each interval at alpha %s / %d = %s, so that all hold "
            + "together. %d dropped by bounds; %d ended by halving, which is a guess by the estimate "
            + "so far and proves nothing.")
        .formatted(
            looked,
            number("%.3g", plan.settings().alpha()),
            looked,
            number("%.3g", alpha),
            dropped,
            halved);
  }

  private long ended(String how) {
    return ranked.stream().filter(each -> each.end().startsWith(how)).count();
  }

  private static String condition(CandidateResult result) {
    String refused =
        result.refused() == 0
            ? ""
            : "refused %d decisions, the last: %s".formatted(result.refused(), result.refusal());
    String both = result.end().isEmpty() || refused.isEmpty() ? "" : "; ";
    return "  " + result.candidate().name() + ": " + result.end() + both + refused;
  }

  private List<String> ablationLines() {
    List<String> lines = new ArrayList<>();
    lines.add("");
    Table table =
        new Table("without", "value lost", "anytime interval", "fixed-time interval", "decisions");
    for (Ablation.Loss loss : losses) {
      table.row(
          loss.mask().name(),
          number("%+.5f", loss.lost().value()),
          interval(loss.lost()),
          interval(loss.fixedTime()),
          Long.toString(loss.count()));
    }
    lines.addAll(table.lines());
    lines.add(ablationNote());
    String notTried = notTried();
    if (!notTried.isEmpty()) {
      lines.add(notTried);
    }
    return lines;
  }

  /** What the ablation's intervals are. */
  String ablationNote() {
    return losses.isEmpty()
        ? "Ablation: the log has no features to leave out."
        : ("Value lost: that of %s minus that of the same policy learning without it, paired "
                + "decision by decision. Anytime: %s; alpha %s / %d each.")
            .formatted(
                plan.ablation() == null ? "" : plan.ablation().candidate(),
                losses.get(0).method(),
                number("%.3g", plan.settings().alpha()),
                losses.size());
  }

  /** What the ablation had no room for; empty: nothing. */
  String notTried() {
    List<FeatureCensus.Entry> left = choice.notTried();
    if (left.isEmpty() && !choice.incomplete()) {
      return "";
    }
    String names =
        left.stream()
            .limit(NAMES_SHOWN)
            .map(entry -> entry.mask().name())
            .collect(Collectors.joining(", "));
    return "Not tried, as they are less frequent: %d (%s%s)%s"
        .formatted(
            left.size(),
            names,
            left.size() > NAMES_SHOWN ? ", ..." : "",
            choice.incomplete() ? "; and names beyond the first 10,000" : "");
  }

  /** The log's own mean reward; null without a decision. */
  @Nullable Double loggedMean() {
    return ranked.stream()
        .filter(each -> each.candidate().config() == null && each.evaluation().getCount() > 0)
        .map(each -> each.evaluation().getIps())
        .findFirst()
        .orElse(null);
  }

  static String interval(Estimate estimate) {
    return estimate.hasInterval()
        ? number("%.5f", estimate.lower()) + " .. " + number("%.5f", estimate.upper())
        : "-";
  }

  static String interval(ConfidenceInterval interval) {
    return number("%.5f", interval.getLower()) + " .. " + number("%.5f", interval.getUpper());
  }

  static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
