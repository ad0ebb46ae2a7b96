package io.waggle.app.evaluate;

import io.waggle.app.report.DotPlot;
import io.waggle.app.report.Scale;
import io.waggle.app.report.Svg;
import io.waggle.app.report.TextFile;
import io.waggle.core.offline.Ablation;
import io.waggle.core.offline.CandidateResult;
import io.waggle.core.offline.Estimate;
import io.waggle.core.offline.ValuePoint;
import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.PolicyEvaluation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/**
 * A report as one HTML file that needs no network and no script: light or dark as the reader has
 * it, and readable when printed. Pure but for the writing.
 */
public final class EvaluationPage {
  /** Most candidates that are drawn. */
  private static final int DRAWN_MAX = 6;

  /** So much of the log's beginning does not decide how high the charts are. */
  private static final double WARM_UP_SHARE = 0.1;

  private final EvaluationReport report;
  private final List<CandidateResult> drawn;
  private final StringBuilder html = new StringBuilder(1 << 16);

  private EvaluationPage(EvaluationReport report) {
    this.report = report;
    this.drawn =
        report.ranked().stream()
            .filter(each -> !each.noOverlap() && each.candidate().config() != null)
            .limit(DRAWN_MAX)
            .toList();
  }

  /**
   * Writes the page; folders that are missing are made.
   *
   * @throws IOException when it cannot be written
   */
  public static void write(Path file, EvaluationReport report) throws IOException {
    TextFile.write(file, html(report));
  }

  static String html(EvaluationReport report) throws IOException {
    return new EvaluationPage(report).page();
  }

  private String page() throws IOException {
    html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<title>Policies on ")
        .append(Svg.escaped(String.join(", ", report.plan().names())))
        .append("</title>\n<style>\n")
        .append(style())
        .append("</style></head><body><main>\n");
    summary();
    ranking();
    if (!drawn.isEmpty()) {
      alongTheLog();
      spread();
      segments();
    }
    ablation();
    return html.append("</main></body></html>\n").toString();
  }

  private static String style() throws IOException {
    try (InputStream style = EvaluationPage.class.getResourceAsStream("/evaluation.css")) {
      if (style == null) {
        throw new IllegalStateException("evaluation.css is not in the jar");
      }
      return new String(style.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void summary() {
    heading(1, "Policies on " + String.join(", ", report.plan().names()));
    long bad = report.counts().bad().values().stream().mapToLong(Long::longValue).sum();
    long passed = report.counts().passedOver().values().stream().mapToLong(Long::longValue).sum();
    Double logged = report.loggedMean();
    paragraph(
        String.format(
            Locale.ROOT,
            "%,d records: %,d decisions, %,d passed over, %,d bad.%s Rewards from %s to %s.",
            report.counts().records(),
            report.counts().decisions(),
            passed,
            bad,
            logged == null ? "" : " The log's own mean reward is " + five(logged) + ".",
            Scale.shown(report.plan().settings().rewardMin()),
            Scale.shown(report.plan().settings().rewardMax())));
    if (bad > 0) {
      html.append("<ul>");
      report.counts().bad().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(each -> item(each.getValue() + " × " + each.getKey()));
      html.append("</ul>\n");
    }
    if (report.plan().search() != null) {
      html.append("<p class=\"note\">").append(Svg.escaped(report.searchNote())).append("</p>\n");
    }
    report.ranked().stream()
        .filter(each -> each.alarm() != null)
        .forEach(
            each ->
                html.append("<p class=\"alarm\">")
                    .append(Svg.escaped(each.candidate().name() + ": " + each.alarm()))
                    .append("</p>\n"));
  }

  private void ranking() {
    heading(2, "Ranking");
    html.append("<div class=\"wide\"><table><thead><tr>");
    List.of(
            "Candidate",
            "Value",
            "Estimator",
            "Fixed-time interval",
            "Anytime interval (IPS)",
            "Anytime lift over the log",
            "Decisions",
            "ESS",
            "Largest weight",
            "Weights above 10")
        .forEach(name -> html.append("<th>").append(name).append("</th>"));
    html.append("</tr></thead><tbody>\n");
    report.ranked().forEach(this::rank);
    html.append("</tbody></table></div>\n");
    paragraph(report.footnote());
  }

  private void rank(CandidateResult result) {
    html.append("<tr><th>").append(Svg.escaped(result.candidate().name()));
    small(result.candidate().description());
    small(result.end());
    if (result.refused() > 0) {
      small("refused " + count(result.refused()) + " decisions: " + result.refusal());
    }
    html.append("</th>");
    PolicyEvaluation evaluation = result.evaluation();
    if (result.noOverlap()) {
      cell(EvaluationReport.nothing(result));
      List.of("–", "–", "–", "–").forEach(this::cell);
      cell(count(evaluation.getCount()));
      List.of("0", "–", "–").forEach(this::cell);
    } else {
      Estimate value = EvaluationReport.rankedBy(result, report.estimator());
      cell(five(value.value()));
      cell(EvaluationReport.estimatorOf(result, report.estimator()).label());
      cell(EvaluationReport.interval(value));
      cell(EvaluationReport.interval(evaluation.getInterval()));
      cell(EvaluationReport.interval(evaluation.getLift()));
      cell(count(evaluation.getCount()));
      cell(EvaluationReport.number("%,.0f", evaluation.getEffectiveSampleSize()));
      cell(EvaluationReport.number("%.2f", evaluation.getWeightMax()));
      cell(EvaluationReport.number("%.1f %%", 100 * result.clippedShare()));
    }
    html.append("</tr>\n");
  }

  private void alongTheLog() {
    heading(2, "Value along the log");
    paragraph(
        "Line and band: IPS of all decisions so far with its anytime interval. Dots and bars: each "
            + "window alone with its fixed-time interval. Dashed: the log's own mean. Decisions to "
            + "the right; bands and bars end where the drawing does."
            + (report.ranked().size() > drawn.size() + 1
                ? " The first " + drawn.size() + " candidates."
                : ""));
    double bottom = report.plan().settings().rewardMin();
    double logged = logged();
    double top =
        1.25
            * DoubleStream.concat(
                    DoubleStream.of(Double.isNaN(logged) ? bottom : logged),
                    drawn.stream().flatMapToDouble(EvaluationPage::settled))
                .max()
                .orElse(1);
    double least =
        DoubleStream.concat(
                DoubleStream.of(top), drawn.stream().flatMapToDouble(EvaluationPage::settled))
            .min()
            .orElse(bottom);
    // Zero where it can be: a cut axis makes small differences look large.
    double from = Math.max(bottom, Math.min(0, 1.25 * least));
    gallery(
        result ->
            EvaluationCharts.value(
                result, from, Math.max(top, from + 1e-6), report.counts().decisions(), logged));
  }

  private double logged() {
    Double logged = report.loggedMean();
    return logged == null ? Double.NaN : logged;
  }

  private static DoubleStream settled(CandidateResult result) {
    List<ValuePoint> points = result.points();
    return points.stream()
        .skip((long) (points.size() * WARM_UP_SHARE))
        .mapToDouble(ValuePoint::value);
  }

  private void spread() {
    heading(2, "Weights");
    paragraph(
        "Share of the decisions by importance weight. Few decisions of large weight decide an "
            + "estimate alone; weight 0 means that the policy would never have done what was logged.");
    gallery(EvaluationCharts::weights);
    heading(2, "Overlap");
    paragraph(
        "Share of the decisions by the policy's probability of the logged action; the first bar: "
            + "none at all.");
    gallery(EvaluationCharts::probabilities);
  }

  private void gallery(Function<CandidateResult, String> drawing) {
    html.append("<div class=\"gallery\">\n");
    for (int i = 0; i < drawn.size(); i++) {
      html.append("<figure class=\"c")
          .append(i)
          .append("\">")
          .append(drawing.apply(drawn.get(i)))
          .append("</figure>\n");
    }
    html.append("</div>\n");
  }

  private void segments() {
    Set<String> features = new LinkedHashSet<>();
    drawn.forEach(each -> features.addAll(each.segments().keySet()));
    if (features.isEmpty()) {
      return;
    }
    heading(2, "Segments");
    paragraph(
        "SNIPS of each segment with its fixed-time interval; grey: the log's own mean there. "
            + "Segments are many looks at one log: some will stand out by chance.");
    legend();
    features.forEach(this::segment);
  }

  private void legend() {
    html.append("<p class=\"legend\">");
    for (int i = 0; i < drawn.size(); i++) {
      html.append("<span class=\"c")
          .append(i)
          .append("\">● ")
          .append(Svg.escaped(drawn.get(i).candidate().name()))
          .append("</span> ");
    }
    html.append("<span class=\"grey\">● logged</span></p>\n");
  }

  private void segment(String feature) {
    DotPlot plot = new DotPlot(feature);
    Set<String> values = new LinkedHashSet<>();
    drawn.forEach(each -> values.addAll(each.segments().getOrDefault(feature, Map.of()).keySet()));
    List<Double> ends = new ArrayList<>();
    for (String value : values) {
      boolean first = true;
      for (int i = 0; i < drawn.size(); i++) {
        PolicyEvaluation evaluation =
            drawn.get(i).segments().getOrDefault(feature, Map.of()).get(value);
        if (evaluation == null) {
          continue;
        }
        if (first) {
          double mean = evaluation.getRewardSum() / Math.max(1, evaluation.getCount());
          ends.add(mean);
          plot.row(
              new DotPlot.Row(
                  value + " (" + evaluation.getCount() + ")",
                  "grey",
                  mean,
                  Double.NaN,
                  Double.NaN,
                  "logged: " + five(mean)));
          first = false;
        }
        plot.row(row(drawn.get(i).candidate().name(), "c" + i, evaluation, ends));
      }
    }
    double min = ends.stream().mapToDouble(each -> each).min().orElse(0);
    double max = ends.stream().mapToDouble(each -> each).max().orElse(1);
    html.append("<figure class=\"plot\">")
        .append(plot.element(Math.min(min, 0), 1.1 * max, Double.NaN))
        .append("</figure>\n");
  }

  private static DotPlot.Row row(
      String name, String style, PolicyEvaluation evaluation, List<Double> ends) {
    if (evaluation.getCount() == 0 || evaluation.getNoOverlap()) {
      return new DotPlot.Row("", style, Double.NaN, Double.NaN, Double.NaN, name);
    }
    ConfidenceInterval interval =
        evaluation.getEstimatesList().stream()
            .filter(each -> each.getEstimator() == io.waggle.v1.Estimator.ESTIMATOR_SNIPS)
            .map(io.waggle.v1.Estimate::getFixedTime)
            .findFirst()
            .orElse(ConfidenceInterval.getDefaultInstance());
    boolean known = Double.isFinite(interval.getUpper() - interval.getLower());
    ends.add(evaluation.getSnips());
    if (known) {
      ends.add(Math.min(interval.getUpper(), 3 * evaluation.getSnips()));
    }
    return new DotPlot.Row(
        "",
        style,
        evaluation.getSnips(),
        known ? interval.getLower() : Double.NaN,
        known ? interval.getUpper() : Double.NaN,
        "%s: %s, %d decisions, ESS %s"
            .formatted(
                name,
                five(evaluation.getSnips()),
                evaluation.getCount(),
                EvaluationReport.number("%.0f", evaluation.getEffectiveSampleSize())));
  }

  private void ablation() {
    if (report.plan().ablation() == null) {
      return;
    }
    heading(2, "What " + report.plan().ablation().candidate() + " loses without");
    paragraph(report.ablationNote());
    if (!report.losses().isEmpty()) {
      losses("Anytime intervals", true);
      losses("Fixed-time intervals", false);
    }
    if (!report.notTried().isEmpty()) {
      paragraph(report.notTried());
    }
  }

  private void losses(String title, boolean anytime) {
    DotPlot plot = new DotPlot(title);
    double widest = 0;
    for (Ablation.Loss loss : report.losses()) {
      Estimate shown = anytime ? loss.lost() : loss.fixedTime();
      widest = Math.max(widest, Math.max(Math.abs(shown.lower()), Math.abs(shown.upper())));
      plot.row(
          new DotPlot.Row(
              loss.mask().name(),
              "c0",
              shown.value(),
              shown.lower(),
              shown.upper(),
              loss.mask().name() + ": " + five(shown.value())));
    }
    html.append("<figure class=\"plot\">")
        .append(plot.element(-1.05 * widest, 1.05 * widest, 0))
        .append("</figure>\n");
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String five(double value) {
    return EvaluationReport.number("%.5f", value);
  }

  private void heading(int level, String text) {
    html.append("<h%d>%s</h%d>%n".formatted(level, Svg.escaped(text), level));
  }

  private void paragraph(String text) {
    html.append("<p>").append(Svg.escaped(text)).append("</p>\n");
  }

  private void item(String text) {
    html.append("<li>").append(Svg.escaped(text)).append("</li>");
  }

  private void small(String text) {
    if (!text.isEmpty()) {
      html.append("<small>").append(Svg.escaped(text)).append("</small>");
    }
  }

  private void cell(String text) {
    html.append("<td>").append(Svg.escaped(text)).append("</td>");
  }
}
