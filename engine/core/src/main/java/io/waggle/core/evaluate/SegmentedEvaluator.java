package io.waggle.core.evaluate;

import io.waggle.v1.EvaluatorState;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.SegmentState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The running evaluation of one policy: over all decisions, over those it made itself, over each
 * segment that the caller names, and slot by slot. A slot's value is what its reward would be if
 * the policy had filled this slot alone, given what was logged for the slots before: its weight is
 * its own, and nothing is assumed of how slots influence each other. One thread.
 *
 * <p>How many segments there are is the caller's to bound ({@link Segmentation}); of slots the
 * first {@value #MOST_SLOTS} ids seen are evaluated, later ones count in the value of the whole
 * decision only.
 */
public final class SegmentedEvaluator {
  /** The segment of all decisions. */
  public static final String ALL = "all";

  /** The segment of the decisions that the policy made itself. */
  public static final String OWN = "own";

  /** Most slots that have a value of their own: what one request may hold. */
  public static final int MOST_SLOTS = 50;

  private static final String SLOT = "slot/";

  private final EvaluationSettings settings;
  private final PolicyEvaluator all;
  private final Map<String, PolicyEvaluator> bySegment = new LinkedHashMap<>();
  private final Map<String, Long> evaluatedAt = new HashMap<>();
  private int slots;

  /** Starts anew. */
  public SegmentedEvaluator(EvaluationSettings settings) {
    this(settings, EvaluatorState.getDefaultInstance(), List.of());
  }

  /**
   * Goes on from saved sums, made with the same settings.
   *
   * @throws IllegalArgumentException as {@link PolicyEvaluator#restore}
   */
  public SegmentedEvaluator(
      EvaluationSettings settings, EvaluatorState all, List<SegmentState> segments) {
    this.settings = settings;
    this.all = PolicyEvaluator.restore(all, settings);
    for (SegmentState segment : segments) {
      bySegment.put(
          segment.getSegment(), PolicyEvaluator.restore(segment.getEvaluator(), settings));
      slots += segment.getSegment().startsWith(SLOT) ? 1 : 0;
    }
  }

  /**
   * One decision.
   *
   * @param own true: the policy made it itself
   * @param segments those it belongs to
   */
  public void add(Evidence evidence, boolean own, List<String> segments) {
    all.add(evidence);
    if (own) {
      of(OWN).add(evidence);
    }
    for (String segment : segments) {
      of(segment).add(evidence);
    }
  }

  /**
   * One decision of several slots.
   *
   * @param ids the slots
   * @param evidence one a slot, in the same order
   */
  public void addSlots(
      List<String> ids, List<Evidence> evidence, boolean own, List<String> segments) {
    all.addSlots(evidence);
    if (own) {
      of(OWN).addSlots(evidence);
    }
    for (String segment : segments) {
      of(segment).addSlots(evidence);
    }
    for (int i = 0; i < ids.size(); i++) {
      String segment = SLOT + ids.get(i);
      if (!bySegment.containsKey(segment)) {
        if (slots == MOST_SLOTS) {
          continue;
        }
        slots++;
      }
      of(segment).add(evidence.get(i));
    }
  }

  private PolicyEvaluator of(String segment) {
    return bySegment.computeIfAbsent(segment, name -> new PolicyEvaluator(settings));
  }

  /**
   * Estimates and intervals now, the segments filled in: of all decisions, then of the segments
   * that had a decision since it was asked last.
   */
  public List<PolicyEvaluation.Builder> evaluate() {
    List<PolicyEvaluation.Builder> evaluations = new ArrayList<>(1 + bySegment.size());
    evaluations.add(evaluate(ALL, all));
    bySegment.forEach(
        (segment, evaluator) -> {
          Long before = evaluatedAt.put(segment, evaluator.offered());
          if (before == null || before != evaluator.offered()) {
            evaluations.add(evaluate(segment, evaluator));
          }
        });
    return evaluations;
  }

  /** True: the segment is not one that a configuration declares. */
  public static boolean isBuiltIn(String segment) {
    return segment.equals(ALL) || segment.equals(OWN) || segment.startsWith(SLOT);
  }

  private static PolicyEvaluation.Builder evaluate(String segment, PolicyEvaluator evaluator) {
    String alarm =
        segment.equals(ALL) || segment.equals(OWN) ? evaluator.alarm(segment.equals(OWN)) : null;
    return evaluator.evaluate().setSegment(segment).setAlarm(alarm == null ? "" : alarm);
  }

  /** The sums of all decisions, to be saved. */
  public EvaluatorState all() {
    return all.state();
  }

  /** The sums of every segment, to be saved. */
  public List<SegmentState> segments() {
    List<SegmentState> states = new ArrayList<>(bySegment.size());
    bySegment.forEach(
        (segment, evaluator) ->
            states.add(
                SegmentState.newBuilder()
                    .setSegment(segment)
                    .setEvaluator(evaluator.state())
                    .build()));
    return states;
  }

  /** The segments that have a value. */
  public List<String> names() {
    return List.copyOf(bySegment.keySet());
  }
}
