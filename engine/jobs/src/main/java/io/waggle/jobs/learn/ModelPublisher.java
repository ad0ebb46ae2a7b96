package io.waggle.jobs.learn;

import io.waggle.state.model.ServableModel;
import io.waggle.v1.ModelContribution;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Publishes what was learned, the policy that waited longest first, as the pacer allows. Bytes that
 * a checkpoint has taken since the last version are published without asking for more. One thread.
 */
final class ModelPublisher {
  private final PublishPacer pacer;
  private final LongSupplier clockMillis;

  /**
   * @param clockMillis milliseconds since 1970 UTC
   */
  ModelPublisher(PublishPacer pacer, LongSupplier clockMillis) {
    this.pacer = pacer;
    this.clockMillis = clockMillis;
  }

  /** Publishes every version whose time has come. */
  void publish(Collection<SurfaceRun> surfaces, Consumer<ServableModel> out) {
    for (PolicyRun policy : waiting(surfaces)) {
      long nowMillis = clockMillis.getAsLong();
      if (pacer.mayTake(nowMillis)) {
        // What is told of a version (a change of the one before) is part of what it costs.
        long startNanos = System.nanoTime();
        policy.take();
        out.accept(policy.publish(clockMillis.getAsLong()));
        pacer.taken(clockMillis.getAsLong(), System.nanoTime() - startNanos);
      } else if (policy.newerBytesAtHand()) {
        out.accept(policy.publish(nowMillis));
      }
    }
  }

  /**
   * Contributes what several learners share, as the pacer allows, and asks what has to be asked.
   */
  void contribute(Collection<SurfaceRun> surfaces, Consumer<ModelContribution> out) {
    for (SurfaceRun surface : surfaces) {
      for (PolicyRun policy : surface.policies()) {
        SharedLearning side = policy.shared();
        long nowMillis = clockMillis.getAsLong();
        if (side == null) {
          continue;
        }
        if (side.mustAsk(nowMillis)) {
          out.accept(policy.contribute(side, nowMillis));
        } else if (side.mayContribute()
            && pacer.mayPublish(nowMillis, side.sentAtMillis())
            && pacer.mayTake(nowMillis)) {
          long startNanos = System.nanoTime();
          out.accept(policy.contribute(side, nowMillis));
          pacer.taken(clockMillis.getAsLong(), System.nanoTime() - startNanos);
        }
      }
    }
  }

  /** Contributes, or asks where there is nothing to contribute, whatever the pace. */
  void tell(SurfaceRun surface, Consumer<ModelContribution> out) {
    for (PolicyRun policy : surface.policies()) {
      SharedLearning side = policy.shared();
      if (side != null) {
        out.accept(policy.tell(side, clockMillis.getAsLong()));
      }
    }
  }

  /** Contributes what is left whatever the pace: the surface's input has ended. */
  void contributeLast(SurfaceRun surface, Consumer<ModelContribution> out) {
    for (PolicyRun policy : surface.policies()) {
      SharedLearning side = policy.shared();
      if (side != null && side.mayContribute()) {
        out.accept(policy.contribute(side, clockMillis.getAsLong()));
      }
    }
  }

  /** Publishes what every policy knows, whatever the pace: the job was put in charge. */
  void publishAll(SurfaceRun surface, Consumer<ServableModel> out) {
    for (PolicyRun policy : surface.policies()) {
      if (policy.publishable()) {
        policy.take();
        out.accept(policy.publish(clockMillis.getAsLong()));
      }
    }
  }

  /** Publishes a surface's last versions whatever the pace: its input has ended. */
  void publishLast(SurfaceRun surface, Consumer<ServableModel> out) {
    for (PolicyRun policy : surface.policies()) {
      if (policy.unpublished()) {
        policy.take();
        out.accept(policy.publish(clockMillis.getAsLong()));
      }
    }
  }

  private List<PolicyRun> waiting(Collection<SurfaceRun> surfaces) {
    long nowMillis = clockMillis.getAsLong();
    return surfaces.stream()
        .flatMap(surface -> surface.policies().stream())
        .filter(PolicyRun::unpublished)
        .filter(policy -> pacer.mayPublish(nowMillis, policy.publication().publishedAtMillis()))
        .sorted(Comparator.comparingLong(policy -> policy.publication().publishedAtMillis()))
        .toList();
  }
}
