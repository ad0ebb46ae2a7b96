package io.waggle.benchmarks.value;

import io.waggle.app.demo.FrontPage;
import io.waggle.core.surface.Surface;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.SurfaceConfig;

/** What is worth measuring: two policies of the demo's surface that differ in one thing. */
enum Comparison {
  /** What the session job keeps of each reader. */
  SESSIONS("session features", "session-aware", "session-blind");

  private final String text;
  private final String with;
  private final String without;

  Comparison(String text, String with, String without) {
    this.text = text;
    this.with = with;
    this.without = without;
  }

  String text() {
    return text;
  }

  /** The demo's surface, answered by the policy that has it. */
  Surface with() {
    return alone(with);
  }

  /** The same, answered by the policy that does not have it. */
  Surface without() {
    return alone(without);
  }

  /** Nobody else answers: a policy's value is that of what it does with what it saw itself. */
  private static Surface alone(String name) {
    SurfaceConfig demo = FrontPage.fast();
    PolicyConfig policy =
        demo.getPoliciesList().stream()
            .filter(each -> each.getName().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("the demo has no policy " + name));
    return Surface.of(
        demo.toBuilder()
            .clearPolicies()
            .addPolicies(policy)
            .setLivePolicy(name)
            .clearTraffic()
            .clearPush()
            .build());
  }
}
