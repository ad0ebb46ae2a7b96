package io.waggle.jobs.learn;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.util.MathUtils;

/**
 * Which learner a decision goes to: of a surface with one learner the key is its name; of several,
 * the decision's id chooses one, always the same. Learner i of N has a key of the i-th N-th of the
 * key groups, so with a parallelism of N each has a subtask of its own. Immutable.
 */
public final class LearnerKeys implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Map<String, List<String>> keys = new HashMap<>();

  /**
   * The keys of all surfaces.
   *
   * @param maxParallelism of the learning operator: its number of key groups, at least 64
   */
  public LearnerKeys(Surfaces surfaces, int maxParallelism) {
    for (Surface surface : surfaces.all()) {
      List<String> ofSurface = new ArrayList<>();
      if (surface.learners() == 1) {
        ofSurface.add(surface.name());
      } else {
        for (int shard = 0; shard < surface.learners(); shard++) {
          ofSurface.add(key(surface, shard, maxParallelism));
        }
      }
      keys.put(surface.name(), List.copyOf(ofSurface));
    }
  }

  private static String key(Surface surface, int shard, int maxParallelism) {
    for (int salt = 0; ; salt++) {
      String key = surface.name() + "/" + shard + "/" + salt;
      int keyGroup = KeyGroupRangeAssignment.assignToKeyGroup(key, maxParallelism);
      if (keyGroup * surface.learners() / maxParallelism == shard) {
        return key;
      }
    }
  }

  /** The key of the learner that gets a decision; of a surface that has no file, its name. */
  public String of(String surface, String decisionId) {
    List<String> ofSurface = of(surface);
    // Murmur: ids that differ in one digit are to spread as well.
    int shard = MathUtils.murmurHash(decisionId.hashCode()) % ofSurface.size();
    return ofSurface.get(shard);
  }

  /** The keys of a surface's learners by shard; of a surface that has no file, its name. */
  List<String> of(String surface) {
    return keys.getOrDefault(surface, List.of(surface));
  }
}
