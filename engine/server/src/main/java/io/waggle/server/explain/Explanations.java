package io.waggle.server.explain;

import io.grpc.StatusRuntimeException;
import io.waggle.core.explain.DecisionExplainer;
import io.waggle.core.explain.DecisionExplainer.Explained;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.wire.Refusal;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Decision;
import io.waggle.v1.ExplainDecisionResponse;
import io.waggle.v1.Explanation;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Explains decisions by the model versions at hand. An explanation reads a whole model, so at most
 * {@link #PLACES_BOUND} are made at a time. Any thread; not on an event loop.
 */
public final class Explanations {
  static final int PLACES_BOUND = 4;
  static final int DEFAULT_LIMIT = 10;
  private static final String KEEP_MORE =
      "versions are held longer by recentModelBytes of the service, in its memory, and by registry"
          + ".every and registry.keep of the learning job; those that are gone cannot be made again";

  private static final Logger LOG = LoggerFactory.getLogger(Explanations.class);

  private final Supplier<Surfaces> surfaces;
  private final ModelVersions versions;
  private final Semaphore places = new Semaphore(PLACES_BOUND);

  public Explanations(Supplier<Surfaces> surfaces, ModelVersions versions) {
    this.surfaces = surfaces;
    this.versions = versions;
  }

  /**
   * Of a ranking that was just made: the ranking stands, whatever becomes of the explanation.
   *
   * @param limit most contributions to list for an action; 0: {@link #DEFAULT_LIMIT}
   */
  public Explanation live(Decision decision, int limit) {
    if (!places.tryAcquire()) {
      return note("not explained: %d explanations are being made".formatted(PLACES_BOUND));
    }
    try {
      return explained(decision, versions.live(decision), limit).explanation();
    } catch (RuntimeException e) {
      LOG.error("A ranking of surface {} cannot be explained", decision.getSurface(), e);
      return note("not explained: see the service's log");
    } finally {
      places.release();
    }
  }

  /**
   * Of a decision made before, which it makes again.
   *
   * @param source where the decision was found, for people
   * @throws StatusRuntimeException RESOURCE_EXHAUSTED: too many are being made;
   *     FAILED_PRECONDITION: the record is none that can be explained
   */
  ExplainDecisionResponse past(Decision decision, String source, int limit) {
    if (!places.tryAcquire()) {
      throw Refusal.exhausted(
          "explanations: %d are being made, which is the bound".formatted(PLACES_BOUND));
    }
    try {
      ModelVersions.Held held = versions.past(decision);
      ServableModel model = held.model();
      Explained explained = explained(decision, model, limit);
      ExplainDecisionResponse.Builder response =
          ExplainDecisionResponse.newBuilder()
              .setDecision(decision.toBuilder().clearUserId())
              .setDecisionSource(source)
              .setExplanation(explained.explanation())
              .setReproduction(explained.reproduction());
      if (model == null && decision.getModelVersion() > 0) {
        response
            .getExplanationBuilder()
            .addNotes("looked for: " + held.source())
            .addNotes(KEEP_MORE);
      }
      if (model != null) {
        response
            .setModelSource(held.source())
            .setEventsLearned(model.eventsLearned())
            .setModelAgeMillis(Math.max(0, decision.getEventTimeMillis() - model.createdMillis()));
      }
      return response.build();
    } catch (IllegalArgumentException e) {
      throw Refusal.failedPrecondition("decision_id: cannot be explained: " + e.getMessage());
    } finally {
      places.release();
    }
  }

  private Explained explained(Decision decision, @Nullable ServableModel model, int limit) {
    return DecisionExplainer.of(
        decision,
        surfaces.get().find(decision.getSurface()),
        model,
        limit == 0 ? DEFAULT_LIMIT : limit);
  }

  private static Explanation note(String note) {
    return Explanation.newBuilder().addNotes(note).build();
  }
}
