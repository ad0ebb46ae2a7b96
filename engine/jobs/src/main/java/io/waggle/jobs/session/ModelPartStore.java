package io.waggle.jobs.session;

import io.waggle.core.model.ModelChanges;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.ModelSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.BroadcastState;

/**
 * The parts of models that a ranking operator keeps in its broadcast state: of each policy the
 * version in service, the full version that it is a change of, and at most one newer full version
 * and one newer change that are not in service yet. One thread.
 *
 * <p>What is kept depends on the parts and their order alone, so every subtask keeps the same.
 */
final class ModelPartStore {
  private final BroadcastState<String, ModelSnapshot> parts;
  private final Predicate<ServableModel> service;
  private final ModelAssembler assembler = ModelChanges.assembler();
  private final Map<String, Long> inService = new HashMap<>();

  /**
   * Starts from the parts that a checkpoint held, oldest versions first.
   *
   * @param service puts a whole version into service, if its policy answers; false when it refuses
   *     it
   */
  ModelPartStore(BroadcastState<String, ModelSnapshot> parts, Predicate<ServableModel> service)
      throws Exception {
    this.parts = parts;
    this.service = service;
    for (ModelSnapshot part : kept(part -> true)) {
      assemble(part);
    }
  }

  /** Puts a policy's newest whole version into service: it answers from now on. */
  void serve(String surface, String policy) throws Exception {
    ModelAssembler again = ModelChanges.assembler();
    for (ModelSnapshot part : kept(isOf(surface, policy))) {
      Optional<ServableModel> whole = again.offer(part);
      if (whole.isPresent()) {
        var unused = service.test(whole.get());
      }
    }
  }

  /** Forgets a policy that left. */
  void drop(String surface, String policy) throws Exception {
    for (ModelSnapshot part : kept(isOf(surface, policy))) {
      parts.remove(partKey(part));
      inService.remove(policyKey(part));
    }
  }

  /** Kept parts, the oldest versions first. */
  private List<ModelSnapshot> kept(Predicate<ModelSnapshot> which) throws Exception {
    List<ModelSnapshot> kept = new ArrayList<>();
    for (Map.Entry<String, ModelSnapshot> entry : parts.entries()) {
      if (which.test(entry.getValue())) {
        kept.add(entry.getValue());
      }
    }
    kept.sort(
        Comparator.comparingLong(ModelSnapshot::getVersion)
            .thenComparingInt(ModelSnapshot::getPart));
    return kept;
  }

  private static Predicate<ModelSnapshot> isOf(String surface, String policy) {
    return part -> part.getSurface().equals(surface) && part.getPolicy().equals(policy);
  }

  /** Takes a part; true when a version went into service with it. */
  boolean offer(ModelSnapshot part) throws Exception {
    if (part.getVersion() <= inService.getOrDefault(policyKey(part), 0L)) {
      return false;
    }
    parts.put(partKey(part), part);
    boolean serves = assemble(part);
    dropOutdated(part);
    return serves;
  }

  private boolean assemble(ModelSnapshot part) {
    Optional<ServableModel> whole = assembler.offer(part);
    if (whole.isEmpty() || !service.test(whole.get())) {
      return false;
    }
    // With a full version a newer change of it may be whole, that had come before.
    inService.put(policyKey(part), whole.get().version());
    return true;
  }

  /**
   * Keeps the version in service with its base, and the newest full version and the newest change;
   * what is older than the newest of its kind cannot complete.
   */
  private void dropOutdated(ModelSnapshot newest) throws Exception {
    List<ModelSnapshot> kept = new ArrayList<>();
    for (Map.Entry<String, ModelSnapshot> entry : parts.entries()) {
      if (policyKey(entry.getValue()).equals(policyKey(newest))) {
        kept.add(entry.getValue());
      }
    }
    long serving = inService.getOrDefault(policyKey(newest), 0L);
    long base = 0;
    long newestFull = 0;
    long newestChange = 0;
    for (ModelSnapshot part : kept) {
      if (part.getVersion() == serving) {
        base = part.getBaseVersion();
      }
      if (part.getBaseVersion() == 0) {
        newestFull = Math.max(newestFull, part.getVersion());
      } else {
        newestChange = Math.max(newestChange, part.getVersion());
      }
    }
    for (ModelSnapshot part : kept) {
      long version = part.getVersion();
      if (version != serving
          && version != base
          && version != newestFull
          && (version != newestChange || version < serving)) {
        parts.remove(partKey(part));
      }
    }
  }

  private static String policyKey(ModelSnapshot part) {
    return part.getSurface() + "/" + part.getPolicy();
  }

  private static String partKey(ModelSnapshot part) {
    return policyKey(part) + "/" + part.getVersion() + "/" + part.getPart();
  }
}
