package io.waggle.benchmarks.value;

import com.google.protobuf.util.Durations;
import io.waggle.app.demo.FrontPage;
import io.waggle.app.demo.Readers;
import io.waggle.core.surface.Surface;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.SignalConfig;
import io.waggle.v1.SignalStep;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.VowpalWabbitPolicy;

/** What is worth measuring: the demo's surface in two forms that differ in one thing. */
enum Comparison {
  /** What the session job keeps of each reader. */
  SESSIONS("session features", 0, alone("session-aware"), alone("session-blind")),

  /**
   * A signal that tells readers who are impatient in this session, beside all session features. In
   * both runs opened pages are interactions, too, and pairs of session features are crossed with
   * what a story is about.
   */
  SIGNALS("a signal", 0.5, hurrying().addSignals(hurry()), hurrying());

  private final String text;
  private final double impatientShare;
  private final SurfaceConfig with;
  private final SurfaceConfig without;

  Comparison(
      String text,
      double impatientShare,
      SurfaceConfig.Builder with,
      SurfaceConfig.Builder without) {
    this.text = text;
    this.impatientShare = impatientShare;
    this.with = with.build();
    this.without = without.build();
  }

  String text() {
    return text;
  }

  /** Share of the readers' sessions in which they are impatient. */
  double impatientShare() {
    return impatientShare;
  }

  /** Whether a page that is opened is an interaction. */
  boolean tellsPages() {
    return this == SIGNALS;
  }

  /** The surface answered by the policy that has it. */
  Surface with() {
    return Surface.of(with);
  }

  /** The same, answered by the policy that does not have it. */
  Surface without() {
    return Surface.of(without);
  }

  /** Nobody else answers: a policy's value is that of what it does with what it saw itself. */
  private static SurfaceConfig.Builder alone(String name) {
    SurfaceConfig demo = FrontPage.fast();
    PolicyConfig policy =
        demo.getPoliciesList().stream()
            .filter(each -> each.getName().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("the demo has no policy " + name));
    return demo.toBuilder()
        .clearPolicies()
        .addPolicies(policy)
        .setLivePolicy(name)
        .clearTraffic()
        .clearPush();
  }

  private static SurfaceConfig.Builder hurrying() {
    SurfaceConfig.Builder surface = alone("session-aware");
    VowpalWabbitPolicy.Builder learner = surface.getPoliciesBuilder(0).getVowpalWabbitBuilder();
    learner.setArguments(learner.getArguments() + " --interactions sst");
    return surface;
  }

  /** Two pages that no patient reader opens: these are at least 0.6 seconds apart. */
  private static SignalConfig hurry() {
    return SignalConfig.newBuilder()
        .setName("hurry")
        .setWithin(Durations.fromMillis(500))
        .addSteps(SignalStep.newBuilder().setName("one").setInteraction(Readers.PAGE))
        .addSteps(SignalStep.newBuilder().setName("other").setInteraction(Readers.PAGE))
        .build();
  }
}
