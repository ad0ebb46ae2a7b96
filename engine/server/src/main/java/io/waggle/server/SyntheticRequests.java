package io.waggle.server;

import io.waggle.core.surface.Surface;
import io.waggle.state.session.SessionFold;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.Namespace;
import io.waggle.v1.RankRequest;
import io.waggle.v1.Session;
import io.waggle.v1.Slot;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Requests of the shape that a surface gets, with values that mean nothing: its catalogue, or
 * {@value #ACTIONS} made-up actions where it has none. Pure.
 */
final class SyntheticRequests {
  /** The user who asks; nobody real. */
  static final String USER = "waggle-warm-up";

  private static final int ACTIONS = 20;
  private static final int FEATURES = 10;
  private static final int SLOTS = 2;
  private static final int INTERACTIONS = 20;

  private SyntheticRequests() {}

  static RankRequest of(Surface surface) {
    RankRequest.Builder request =
        RankRequest.newBuilder()
            .setSurface(surface.name())
            .setUserId(USER)
            .addContext(namespace("user"));
    int actions = surface.catalogue().size();
    if (actions == 0) {
      actions = ACTIONS;
      for (int i = 0; i < ACTIONS; i++) {
        request.addActions(
            Action.newBuilder().setId("warm-up-" + i).addNamespaces(namespace("action")));
      }
    }
    if (surface.multiSlot()) {
      for (int i = 0; i < Math.min(SLOTS, actions); i++) {
        request.addSlots(Slot.newBuilder().setId("slot-" + i));
      }
    }
    return request.build();
  }

  private static Namespace namespace(String name) {
    Namespace.Builder namespace = Namespace.newBuilder().setName(name);
    for (int i = 0; i < FEATURES; i++) {
      FeatureValue.Builder value = FeatureValue.newBuilder();
      namespace.addFeatures(
          Feature.newBuilder()
              .setName("f" + i)
              .setValue(i % 2 == 0 ? value.setText("v" + i) : value.setNumber(i / 10.0)));
    }
    return namespace.build();
  }

  /** That user's session, folded as the surface has it, the newest interaction as of now. */
  static Session session(Surface surface, long nowMillis) {
    SessionFold fold = new SessionFold(surface.session());
    @Nullable Session session = null;
    for (int i = 0; i < INTERACTIONS; i++) {
      session =
          fold.fold(
                  session,
                  Interaction.newBuilder()
                      .setInteractionId("warm-up-" + i)
                      .setSurface(surface.name())
                      .setUserId(USER)
                      .setType(i % 3 == 0 ? "click" : "view")
                      .setItemId("warm-up-" + i)
                      .setCategory("category-" + i % 4)
                      .setEventTimeMillis(nowMillis - (INTERACTIONS - i) * 1_000L)
                      .build())
              .session();
    }
    return Objects.requireNonNull(session);
  }
}
