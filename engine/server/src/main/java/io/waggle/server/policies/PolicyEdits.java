package io.waggle.server.policies;

import static java.util.stream.Collectors.toCollection;

import io.grpc.StatusRuntimeException;
import io.waggle.core.rule.Violation;
import io.waggle.core.surface.Surface;
import io.waggle.server.wire.Refusal;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.SurfaceConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes to the policies of a surface, each refused with the code its caller can act on. Every
 * result keeps every rule of a surface. Pure.
 */
final class PolicyEdits {
  /** Most policies of a surface: what the contract allows. */
  static final int POLICIES_BOUND = 64;

  private PolicyEdits() {}

  /**
   * The surface with one policy more, at the end.
   *
   * @throws StatusRuntimeException ALREADY_EXISTS, FAILED_PRECONDITION at the bound,
   *     INVALID_ARGUMENT
   */
  static SurfaceConfig add(SurfaceConfig surface, PolicyConfig policy) {
    if (index(surface, policy.getName()) >= 0) {
      throw Refusal.alreadyExists(
          "policy.name: \"%s\" is a policy of surface \"%s\" already"
              .formatted(policy.getName(), surface.getName()));
    }
    if (surface.getPoliciesCount() >= POLICIES_BOUND) {
      throw Refusal.failedPrecondition(
          "policies: surface \"%s\" has %d, which is the bound; remove one first"
              .formatted(surface.getName(), POLICIES_BOUND));
    }
    return checked(surface.toBuilder().addPolicies(policy).build(), surface.getPoliciesCount());
  }

  /**
   * The surface with that policy in place of the one of its name; a paused one stays paused.
   *
   * @throws StatusRuntimeException NOT_FOUND, FAILED_PRECONDITION, INVALID_ARGUMENT
   */
  static SurfaceConfig change(SurfaceConfig surface, PolicyConfig policy) {
    int index = known(surface, "policy.name", policy.getName());
    if (policy.getPaused()) {
      refuseIfItAnswers(surface, policy.getName(), "paused");
    }
    boolean paused = policy.getPaused() || surface.getPolicies(index).getPaused();
    return checked(
        surface.toBuilder().setPolicies(index, policy.toBuilder().setPaused(paused)).build(),
        index);
  }

  /**
   * The surface with that policy paused or not.
   *
   * @throws StatusRuntimeException NOT_FOUND, FAILED_PRECONDITION
   */
  static SurfaceConfig pause(SurfaceConfig surface, String policy, boolean paused) {
    int index = known(surface, "policy", policy);
    if (paused) {
      refuseIfItAnswers(surface, policy, "paused");
    }
    SurfaceConfig.Builder next = surface.toBuilder();
    next.getPoliciesBuilder(index).setPaused(paused);
    return checked(next.build(), index);
  }

  /**
   * The surface without that policy.
   *
   * @throws StatusRuntimeException NOT_FOUND, FAILED_PRECONDITION
   */
  static SurfaceConfig remove(SurfaceConfig surface, String policy) {
    int index = known(surface, "policy", policy);
    refuseIfItAnswers(surface, policy, "removed");
    return checked(surface.toBuilder().removePolicies(index).build(), index);
  }

  private static int known(SurfaceConfig surface, String field, String policy) {
    int index = index(surface, policy);
    if (index < 0) {
      throw Refusal.notFound(
          "%s: surface \"%s\" has no policy \"%s\"".formatted(field, surface.getName(), policy));
    }
    return index;
  }

  private static int index(SurfaceConfig surface, String policy) {
    for (int i = 0; i < surface.getPoliciesCount(); i++) {
      if (surface.getPolicies(i).getName().equals(policy)) {
        return i;
      }
    }
    return -1;
  }

  private static void refuseIfItAnswers(SurfaceConfig surface, String policy, String what) {
    boolean answers =
        surface.getLivePolicy().equals(policy)
            || surface.getTrafficList().stream().anyMatch(one -> one.getPolicy().equals(policy));
    if (answers) {
      throw Refusal.failedPrecondition(
          "policy: \"%s\" answers requests of surface \"%s\" and cannot be %s"
              .formatted(policy, surface.getName(), what));
    }
  }

  /** Broken rules of the edited policy are told by the field of the request. */
  private static SurfaceConfig checked(SurfaceConfig next, int edited) {
    try {
      var unused = Surface.of(next);
      return next;
    } catch (IllegalArgumentException e) {
      String inSurface = "policies[" + edited + "]";
      List<Violation> violations =
          String.valueOf(e.getMessage())
              .lines()
              .map(line -> violation(line, inSurface))
              .collect(toCollection(ArrayList::new));
      throw Refusal.invalid(violations);
    }
  }

  private static Violation violation(String line, String inSurface) {
    int colon = line.indexOf(": ");
    String field = colon < 0 ? "policy" : line.substring(0, colon);
    return new Violation(
        field.startsWith(inSurface) ? "policy" + field.substring(inSurface.length()) : field,
        line.substring(colon < 0 ? 0 : colon + 2));
  }
}
