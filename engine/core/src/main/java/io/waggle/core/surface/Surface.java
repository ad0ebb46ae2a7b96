package io.waggle.core.surface;

import io.waggle.state.join.RewardSettings;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.Action;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.TrafficShare;
import java.io.Serializable;
import java.util.List;

/**
 * A checked surface with every default filled in. Immutable; any thread.
 *
 * @param explorationFloor probability that every action gets at least is this / actions
 * @param minPropensity logged propensities below are refused
 * @param alpha error probability of the intervals, both sides together
 */
public record Surface(
    String name,
    List<PolicyConfig> policies,
    String livePolicy,
    List<TrafficShare> traffic,
    RewardSettings reward,
    SessionSettings session,
    List<Action> catalogue,
    boolean pushRankings,
    boolean logPushedDecisions,
    double explorationFloor,
    double minPropensity,
    double alpha)
    implements Serializable {

  /**
   * Fills in defaults and checks what one field's rule cannot (names unique, live policy known,
   * ...). @throws IllegalArgumentException as {@code name: value (expected: ...)}
   */
  public static Surface of(SurfaceConfig config) {
    throw new UnsupportedOperationException(config.toString());
  }

  /** The policy of that name. @throws IllegalArgumentException when there is none */
  public PolicyConfig policy(String policyName) {
    throw new UnsupportedOperationException(policyName);
  }
}
