package io.waggle.jobs.learn;

import io.waggle.jobs.control.Standing;
import io.waggle.v1.Estimate;
import io.waggle.v1.Estimator;
import io.waggle.v1.PolicyEvaluation;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.groups.AbstractMetricGroup;

/**
 * The learner's gauges. By label {@code surface}: {@code learner_decisions_received =
 * learner_decisions_learned + learner_decisions_rejected}, checkpointed; what is received is what
 * the join learned. By labels {@code surface} and {@code policy}: {@code events_learned}, {@code
 * rejected}, {@code unweighted} (closed, but not predicted when shown), {@code events_unmerged}
 * (learned, and in no merged model that the learner has heard of; 0 where there is one learner),
 * {@code published_version}, {@code model_bytes_millis} (what taking the bytes cost last), {@code
 * condition} (the number of {@code PolicyCondition}: 0 runs, 1 paused, 2 warming, 3 stopped),
 * {@code evaluation_alarm} (1: the logged propensities cannot be right), and what it was worth when
 * it was evaluated last: {@code value_ips}, {@code value_snips}, {@code value_dr}, {@code
 * value_dm}, {@code value_lower}, {@code value_upper}, {@code lift_lower}, {@code lift_upper},
 * {@code effective_sample_size}. Where several learners share a surface they are those of this
 * subtask's learners: counts add up over learners and subtasks, of the rest the largest counts. A
 * policy's gauges come and go with it. Of the job: {@code writer_epoch}, {@code active_epoch} (the
 * largest that control put in charge) and {@code writer_standing} (0 fenced, 1 stands by, 2 in
 * charge, 3 another job holds its epoch). One thread; a reporter's thread reads the gauges without
 * a lock.
 */
final class LearnMetrics {
  private final MetricGroup metrics;
  private final Map<String, SurfaceGauges> surfaces = new HashMap<>();

  LearnMetrics(
      MetricGroup metrics, long epoch, LongSupplier activeEpoch, Supplier<Standing> standing) {
    this.metrics = metrics;
    metrics.gauge("writer_epoch", (Gauge<Long>) () -> epoch);
    metrics.gauge("active_epoch", (Gauge<Long>) activeEpoch::getAsLong);
    metrics.gauge("writer_standing", (Gauge<Integer>) () -> standing.get().figure());
  }

  /** Registers what is new of a surface and removes what has left it. */
  void follow(SurfaceRun surface) {
    surfaces
        .computeIfAbsent(
            surface.name(), name -> new SurfaceGauges(metrics.addGroup("surface", name)))
        .follow(surface);
  }

  /** The gauges of a surface's learners here; the lists are replaced, never changed. */
  private static final class SurfaceGauges {
    private final MetricGroup group;
    private final Map<String, PolicyGauges> policies = new HashMap<>();
    private volatile List<SurfaceRun> learners = List.of();

    SurfaceGauges(MetricGroup group) {
      this.group = group;
      group.gauge("learner_decisions_received", sum(SurfaceRun::received));
      group.gauge("learner_decisions_learned", sum(SurfaceRun::learned));
      group.gauge("learner_decisions_rejected", sum(SurfaceRun::rejected));
    }

    private Gauge<Long> sum(ToLongFunction<SurfaceRun> count) {
      return () -> learners.stream().mapToLong(count).sum();
    }

    void follow(SurfaceRun surface) {
      if (!learners.contains(surface)) {
        learners = Stream.concat(learners.stream(), Stream.of(surface)).toList();
      }
      Map<String, List<PolicyRun>> now =
          learners.stream()
              .flatMap(learner -> learner.policies().stream())
              .collect(Collectors.groupingBy(PolicyRun::name));
      policies.values().removeIf(policy -> !now.containsKey(policy.name) && policy.close());
      now.forEach(
          (name, runs) ->
              policies.computeIfAbsent(name, each -> new PolicyGauges(group, each)).runs = runs);
    }
  }

  private static final class PolicyGauges {
    private final String name;
    private final MetricGroup group;
    private volatile List<PolicyRun> runs = List.of();

    PolicyGauges(MetricGroup surface, String name) {
      this.name = name;
      this.group = surface.addGroup("policy", name);
      group.gauge("events_learned", sum(PolicyRun::eventsLearned));
      group.gauge("rejected", sum(PolicyRun::rejected));
      group.gauge("unweighted", sum(run -> run.staged().unweighted()));
      group.gauge("events_unmerged", sum(PolicyRun::unmerged));
      group.gauge(
          "published_version",
          (Gauge<Long>)
              () ->
                  runs.stream()
                      .mapToLong(run -> run.publication().publishedVersion())
                      .max()
                      .orElse(0));
      group.gauge(
          "model_bytes_millis",
          (Gauge<Double>)
              () ->
                  runs.stream()
                      .mapToDouble(run -> run.publication().modelBytesNanos() / 1e6)
                      .max()
                      .orElse(0));
      group.gauge(
          "condition",
          (Gauge<Integer>)
              () -> runs.stream().mapToInt(run -> run.condition().getNumber()).max().orElse(0));
      group.gauge(
          "evaluation_alarm",
          (Gauge<Integer>)
              () -> runs.stream().anyMatch(run -> run.report().watch().isAlarmed()) ? 1 : 0);
      value("value_ips", PolicyEvaluation::getIps);
      value("value_snips", PolicyEvaluation::getSnips);
      value("value_lower", evaluation -> evaluation.getInterval().getLower());
      value("value_upper", evaluation -> evaluation.getInterval().getUpper());
      value("lift_lower", evaluation -> evaluation.getLift().getLower());
      value("lift_upper", evaluation -> evaluation.getLift().getUpper());
      value("effective_sample_size", PolicyEvaluation::getEffectiveSampleSize);
      for (Estimator estimator : List.of(Estimator.ESTIMATOR_DR, Estimator.ESTIMATOR_DM)) {
        value(
            estimator == Estimator.ESTIMATOR_DR ? "value_dr" : "value_dm",
            evaluation -> estimate(evaluation, estimator));
      }
    }

    /** Of the learner evaluated on most decisions here; NaN where there is nothing to say. */
    private void value(String gauge, ToDoubleFunction<PolicyEvaluation> value) {
      group.gauge(
          gauge,
          (Gauge<Double>)
              () ->
                  runs.stream()
                      .map(run -> run.report().watch().last())
                      .max(Comparator.comparingLong(PolicyEvaluation::getCount))
                      .filter(last -> last.getCount() > 0 && !last.getNoOverlap())
                      .map(value::applyAsDouble)
                      .orElse(Double.NaN));
    }

    private static double estimate(PolicyEvaluation evaluation, Estimator estimator) {
      return evaluation.getEstimatesList().stream()
          .filter(each -> each.getEstimator() == estimator)
          .mapToDouble(Estimate::getValue)
          .findFirst()
          .orElse(Double.NaN);
    }

    private Gauge<Long> sum(ToLongFunction<PolicyRun> count) {
      return () -> runs.stream().mapToLong(count).sum();
    }

    /** Flink's public interface cannot take a group away again, its own groups can. */
    boolean close() {
      if (group instanceof AbstractMetricGroup<?> closeable) {
        closeable.close();
      }
      return true;
    }
  }
}
