package io.waggle.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import io.waggle.v1.EvaluationConfig;
import io.waggle.v1.EvaluationWindow;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.SegmentConfig;
import io.waggle.v1.TextList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments and stretches of time: what belongs where, and that the parts make the whole. */
class SegmentedEvaluatorTest {
  private static final long MINUTE = 60_000;
  private static final EvaluationSettings SETTINGS =
      new EvaluationSettings(0, 1, 0.05, 100, 5 * MINUTE);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theSegmentsOfAFeatureMakeTheWholeAlsoAfterARestore(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SegmentedEvaluator evaluator = new SegmentedEvaluator(SETTINGS);
    for (int i = 0; i < 500; i++) {
      evaluator.add(
          new Evidence(
              random.nextDouble(),
              0.1 + 0.9 * random.nextDouble(),
              random.nextInt(2),
              0,
              0,
              1,
              0,
              i),
          random.nextInt(3) == 0,
          List.of("user.device=" + random.nextInt(4)));
      if (i % 100 == 0) {
        evaluator = new SegmentedEvaluator(SETTINGS, evaluator.all(), evaluator.segments());
      }
    }

    Map<String, PolicyEvaluation> bySegment = bySegment(evaluator);
    assertThat(bySegment).containsKeys("all", "own", "user.device=0", "user.device=3").hasSize(6);
    PolicyEvaluation all = Objects.requireNonNull(bySegment.remove("all"));
    PolicyEvaluation own = Objects.requireNonNull(bySegment.remove("own"));
    assertThat(own.getCount()).isBetween(100L, 250L);
    assertThat(bySegment.values().stream().mapToLong(PolicyEvaluation::getCount).sum())
        .isEqualTo(all.getCount());
    assertThat(bySegment.values().stream().mapToDouble(e -> e.getIps() * e.getCount()).sum())
        .isCloseTo(all.getIps() * all.getCount(), offset(1e-9));
  }

  @Test
  void onlySegmentsThatChangedAreSaidAgain() {
    SegmentedEvaluator evaluator = new SegmentedEvaluator(SETTINGS);
    evaluator.add(Evidence.of(0.5, 0.5, 1), false, List.of("x=1"));
    evaluator.add(Evidence.of(0.5, 0.5, 1), false, List.of("x=2"));
    assertThat(bySegment(evaluator)).containsOnlyKeys("all", "x=1", "x=2");

    evaluator.add(Evidence.of(0.5, 0.5, 1), false, List.of("x=2"));

    assertThat(bySegment(evaluator)).containsOnlyKeys("all", "x=2");
  }

  @Test
  void theNewestStretchesAreKeptAndLateDecisionsFindTheirs() {
    SegmentedEvaluator evaluator = new SegmentedEvaluator(SETTINGS);
    long start = 5_000 * MINUTE;
    for (int window = 0; window < 30; window++) {
      evaluator.add(at(start + 5 * MINUTE * window + MINUTE, 1), false, List.of());
    }
    evaluator.add(at(start + 100 * MINUTE, 0), false, List.of());
    evaluator.add(at(start, 0), false, List.of());

    PolicyEvaluation all = evaluator.evaluate().get(0).build();

    assertThat(all.getCount()).isEqualTo(32);
    assertThat(all.getWindowsList()).hasSize(24);
    EvaluationWindow oldest = all.getWindows(0);
    assertThat(oldest.getStartMillis()).isEqualTo(start + 30 * MINUTE);
    assertThat(oldest.getEndMillis()).isEqualTo(start + 35 * MINUTE);
    assertThat(all.getWindows(14).getDecisions()).isEqualTo(2);
    assertThat(all.getWindows(14).getRewardSum()).isEqualTo(1);
    assertThat(all.getWindows(14).getWeightSum()).isEqualTo(1);
  }

  @Test
  void aDecisionBelongsToOneSegmentOfEachFeature() {
    Segmentation segmentation = segmentation(List.of());

    assertThat(segmentation.of(example("user", "device", text("phone"))))
        .containsExactly("user.device=phone", "session.depth=(none)");
    assertThat(segmentation.of(example("session", "depth", number(3))))
        .containsExactly("user.device=(none)", "session.depth=3");
    assertThat(segmentation.of(example("session", "depth", number(0.5))))
        .containsExactly("user.device=(none)", "session.depth=0.5");
    assertThat(segmentation.of(example("user", "device", texts("a", "b"))))
        .containsExactly("user.device=(other)", "session.depth=(none)");
    assertThat(segmentation.of(example("user", "device", text("x".repeat(101)))))
        .containsExactly("user.device=(other)", "session.depth=(none)");
  }

  @Test
  void valuesBeyondTheBoundCountTogetherAlsoAfterARestore() {
    Segmentation segmentation = segmentation(List.of());
    segmentation.of(example("session", "depth", number(1)));
    segmentation.of(example("session", "depth", number(2)));
    Segmentation restored = segmentation(segmentation.known());

    assertThat(restored.of(example("session", "depth", number(9))))
        .containsExactly("user.device=(none)", "session.depth=(other)");
    assertThat(restored.of(example("session", "depth", number(2))))
        .containsExactly("user.device=(none)", "session.depth=2");
  }

  @Test
  void sharesOfSeveralLearnersAddUpToOneEvaluation() {
    SplittableRandom random = new SplittableRandom(7);
    SegmentedEvaluator whole = new SegmentedEvaluator(SETTINGS);
    List<SegmentedEvaluator> shares =
        List.of(new SegmentedEvaluator(SETTINGS), new SegmentedEvaluator(SETTINGS));
    for (int i = 0; i < 400; i++) {
      Evidence evidence =
          new Evidence(
              random.nextDouble(),
              0.2 + 0.8 * random.nextDouble(),
              random.nextInt(2),
              0.4,
              0.3,
              1,
              0,
              1 + MINUTE / 10 * i);
      whole.add(evidence, false, List.of());
      shares.get(i % 2).add(evidence, false, List.of());
    }

    PolicyEvaluation one = whole.evaluate().get(0).build();
    PolicyEvaluation both =
        StratifiedEvaluation.combine(
            shares.stream().map(share -> share.evaluate().get(0).build()).toList());

    assertThat(both.getCount()).isEqualTo(400);
    for (int i = 0; i < one.getEstimatesCount(); i++) {
      assertThat(both.getEstimates(i).getEstimator()).isEqualTo(one.getEstimates(i).getEstimator());
      assertThat(both.getEstimates(i).getValue())
          .isCloseTo(one.getEstimates(i).getValue(), offset(1e-9));
    }
    assertThat(both.getWindowsList().stream().mapToDouble(EvaluationWindow::getDecisions).sum())
        .isEqualTo(400);
    assertThat(both.getInterval().getAlpha()).isEqualTo(0.1);
  }

  private static Segmentation segmentation(List<String> known) {
    return new Segmentation(
        EvaluationConfig.newBuilder()
            .addSegments(SegmentConfig.newBuilder().setFeature("user.device"))
            .addSegments(SegmentConfig.newBuilder().setFeature("session.depth").setValues(2))
            .build(),
        known);
  }

  private static Map<String, PolicyEvaluation> bySegment(SegmentedEvaluator evaluator) {
    Map<String, PolicyEvaluation> bySegment = new LinkedHashMap<>();
    evaluator.evaluate().forEach(each -> bySegment.put(each.getSegment(), each.build()));
    return bySegment;
  }

  private static Evidence at(long timeMillis, double reward) {
    return new Evidence(0.25, 0.5, reward, 0, 0, 1, 0, timeMillis);
  }

  private static Example example(String namespace, String feature, FeatureValue value) {
    List<Namespace> namespaces = new ArrayList<>();
    namespaces.add(
        Namespace.newBuilder()
            .setName(namespace)
            .addFeatures(Feature.newBuilder().setName(feature).setValue(value))
            .build());
    boolean session = namespace.equals("session");
    return new Example(
        session ? List.of() : namespaces,
        session ? namespaces : List.of(),
        List.of(Action.newBuilder().setId("a").build()));
  }

  private static FeatureValue text(String text) {
    return FeatureValue.newBuilder().setText(text).build();
  }

  private static FeatureValue number(double number) {
    return FeatureValue.newBuilder().setNumber(number).build();
  }

  private static FeatureValue texts(String... texts) {
    return FeatureValue.newBuilder()
        .setTexts(TextList.newBuilder().addAllValues(List.of(texts)))
        .build();
  }
}
