package io.waggle.jobs.session;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.item.ItemStatisticSettings;
import io.waggle.state.item.ItemStatisticsFold;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Interaction;
import io.waggle.v1.Session;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.util.OutputTag;

/**
 * Which interactions count in the statistics of their items: those that are no repeats and that a
 * statistic of their surface counts, of a session up to its {@value #SESSION_BOUND}th interaction.
 * What goes on longer is no person choosing, and would lift an item for everybody.
 */
final class ItemInteractions {
  /** Where they go. */
  static final OutputTag<Interaction> TAG =
      new OutputTag<>("item-interactions", ProtoTypeInformation.forMessage(Interaction.class));

  /** Interactions of one session that count. */
  static final int SESSION_BOUND = 1_000;

  /** Whether an interaction counts. */
  enum Outcome {
    /** It does. */
    SENT,
    /** Its session is too long. */
    BOUNDED,
    /** No statistic counts it. */
    UNCOUNTED
  }

  private final Map<String, ItemStatisticsFold> folds;

  ItemInteractions(Surfaces surfaces) {
    folds = folds(surfaces);
  }

  /** The folds of the surfaces that declare statistics, by surface. */
  static Map<String, ItemStatisticsFold> folds(Surfaces surfaces) {
    Map<String, ItemStatisticsFold> folds = new HashMap<>();
    for (Surface surface : surfaces.all()) {
      var declared = ItemStatisticSettings.among(surface.config().getFeaturesList());
      if (!declared.isEmpty()) {
        folds.put(surface.name(), new ItemStatisticsFold(declared));
      }
    }
    return folds;
  }

  /**
   * Decides.
   *
   * @param session the user's, with the interaction in it
   */
  Outcome of(Interaction interaction, Session session) {
    ItemStatisticsFold fold = folds.get(interaction.getSurface());
    if (fold == null || !fold.counts(interaction)) {
      return Outcome.UNCOUNTED;
    }
    return session.getLength() > SESSION_BOUND ? Outcome.BOUNDED : Outcome.SENT;
  }
}
