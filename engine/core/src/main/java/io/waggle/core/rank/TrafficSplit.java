package io.waggle.core.rank;

import io.waggle.core.policy.Exploration;
import io.waggle.core.surface.Surface;
import io.waggle.v1.TrafficShare;

/**
 * Which policy answers: the same user always gets the same one while the shares stand, and a share
 * that grows keeps the users it had when it is the first. Pure.
 */
final class TrafficSplit {
  /**
   * Keeps the split apart from the draw, which hashes the same ids. No surface's name has a slash.
   */
  private static final String SALT = "traffic/";

  private TrafficSplit() {}

  /** The policy for this user, or for this decision where the user is unknown (empty). */
  static String policy(Surface surface, String userId, String decisionId) {
    if (surface.traffic().isEmpty()) {
      return surface.livePolicy();
    }
    String unit = userId.isEmpty() ? decisionId : userId;
    long hash = Exploration.seed(SALT + surface.name(), unit);
    // The top 53 bits as a uniform number in [0, 1).
    double position = (hash >>> 11) * 0x1p-53;
    double end = 0;
    for (TrafficShare share : surface.traffic()) {
      end += share.getShare();
      if (position < end) {
        return share.getPolicy();
      }
    }
    return surface.livePolicy();
  }
}
