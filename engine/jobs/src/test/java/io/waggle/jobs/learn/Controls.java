package io.waggle.jobs.learn;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceControl;
import io.waggle.v1.Control;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.VowpalWabbitPolicy;

/** Control records that change one surface, each later than the one before. */
final class Controls {
  private final Surface file;
  private SurfaceConfig.Builder said;
  private long createdMillis = LearnSubtask.START;

  Controls(Surface file) {
    this.file = file;
    this.said = file.config().toBuilder();
  }

  static PolicyConfig learner(String name, String arguments) {
    return PolicyConfig.newBuilder()
        .setName(name)
        .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments))
        .build();
  }

  Control add(PolicyConfig policy) {
    said.addPolicies(policy);
    return record();
  }

  Control remove(String policy) {
    said.removePolicies(index(policy));
    return record();
  }

  Control pause(String policy, boolean paused) {
    said.getPoliciesBuilder(index(policy)).setPaused(paused);
    return record();
  }

  Control change(String policy, String arguments) {
    said.getPoliciesBuilder(index(policy)).getVowpalWabbitBuilder().setArguments(arguments);
    return record();
  }

  Control live(String policy) {
    said.setLivePolicy(policy);
    return record();
  }

  Control floor(double explorationFloor) {
    said.setExplorationFloor(explorationFloor);
    return record();
  }

  /** The surface as it was said last, a moment later. */
  Control record() {
    createdMillis++;
    return Control.newBuilder()
        .setCreatedMillis(createdMillis)
        .setSurface(said)
        .setFileFingerprint(SurfaceControl.fingerprint(file.config()))
        .build();
  }

  private int index(String policy) {
    for (int i = 0; i < said.getPoliciesCount(); i++) {
      if (said.getPolicies(i).getName().equals(policy)) {
        return i;
      }
    }
    throw new IllegalArgumentException(policy);
  }
}
