package io.waggle.jobs.learn;

import com.google.protobuf.ByteString;
import io.waggle.core.model.Learners;
import io.waggle.state.model.ModelParts;
import io.waggle.v1.PolicyConfig;

/** What makes a policy the one it is: with other arguments under its name it is another. */
final class PolicyArguments {
  private PolicyArguments() {}

  /** The learner's command line; of a policy that does not learn what its evaluation depends on. */
  static String of(PolicyConfig config) {
    return Learners.arguments(config).orElseGet(() -> fingerprint(config));
  }

  private static String fingerprint(PolicyConfig config) {
    ByteString kind = config.toBuilder().clearPaused().clearWarmUp().build().toByteString();
    return config.getKindCase() + " " + Integer.toHexString(ModelParts.checksum(kind));
  }
}
