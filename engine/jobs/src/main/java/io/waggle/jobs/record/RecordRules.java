package io.waggle.jobs.record;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.WriterClaims;
import io.waggle.v1.Control;
import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.Item;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RejectReason;
import io.waggle.v1.Reward;
import io.waggle.v1.Signal;
import io.waggle.v1.SourcePosition;
import io.waggle.v1.WriterClaim;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What a decoded message must hold beyond its field rules, and what is filled in where a producer
 * left it out. One per topic.
 *
 * @param <T> the topic's message
 */
@FunctionalInterface
public interface RecordRules<T> extends Serializable {
  /** The message to use. */
  T accept(T message, SourceRecord record) throws RejectedRecordException;

  /** The message that says that a compacted topic's key is gone; null: nobody wants to know. */
  default @Nullable T gone(SourceRecord tombstone) {
    return null;
  }

  /** Known surface; id and time filled in from the record's position and timestamp. */
  static RecordRules<Interaction> interactions(Surfaces surfaces) {
    return (interaction, record) -> {
      surface(surfaces, interaction.getSurface());
      requireUsableTime(interaction.getEventTimeMillis(), record);
      if (!interaction.getInteractionId().isEmpty() && interaction.getEventTimeMillis() > 0) {
        return interaction;
      }
      Interaction.Builder filled = interaction.toBuilder();
      if (interaction.getInteractionId().isEmpty()) {
        filled.setInteractionId(record.position());
      }
      if (interaction.getEventTimeMillis() == 0) {
        filled.setEventTimeMillis(record.timestampMillis());
      }
      return filled.build();
    };
  }

  /**
   * Known surface; a time that can close; propensity not below the surface's least. Its position is
   * filled in: a model's lineage tells how far it has read.
   */
  static RecordRules<Decision> decisions(Surfaces surfaces) {
    return (decision, record) -> {
      Surface surface = surface(surfaces, decision.getSurface());
      requireUsableTime(decision.getEventTimeMillis(), record);
      requirePropensity("propensity", decision.getPropensity(), surface);
      requireSlots(decision, surface);
      return decision.toBuilder()
          .setPosition(
              SourcePosition.newBuilder()
                  .setTopic(record.topic())
                  .setPartition(record.partition())
                  .setOffset(record.offset()))
          .build();
    };
  }

  /**
   * Known surface; value within its reward range; a slot only where the surface has several; time
   * checked, id and time filled in like {@link #interactions}.
   */
  static RecordRules<Reward> rewards(Surfaces surfaces) {
    return (reward, record) -> {
      Surface surface = surface(surfaces, reward.getSurface());
      requireUsableTime(reward.getEventTimeMillis(), record);
      if (reward.getDerived()) {
        throw new RejectedRecordException(
            RejectReason.REJECT_REASON_INVALID,
            "derived: true (expected: false, the learning job derives rewards itself)");
      }
      double least = surface.reward().min();
      double most = surface.reward().max();
      if (reward.hasValue() && !(reward.getValue() >= least && reward.getValue() <= most)) {
        throw new RejectedRecordException(
            RejectReason.REJECT_REASON_OUT_OF_RANGE,
            "value: %s (expected: %s to %s)".formatted(reward.getValue(), least, most));
      }
      if (!reward.getSlotId().isEmpty() && !surface.multiSlot()) {
        throw new RejectedRecordException(
            RejectReason.REJECT_REASON_INVALID,
            "slot_id: given (expected: empty, as surface %s makes one ranking)"
                .formatted(surface.name()));
      }
      if (!reward.getRewardId().isEmpty() && reward.getEventTimeMillis() > 0) {
        return reward;
      }
      Reward.Builder filled = reward.toBuilder();
      if (reward.getRewardId().isEmpty()) {
        filled.setRewardId(record.position());
      }
      if (reward.getEventTimeMillis() == 0) {
        filled.setEventTimeMillis(record.timestampMillis());
      }
      return filled.build();
    };
  }

  /**
   * Known surface, someone to answer, something to rank, which the job need not retrieve; the
   * decision id filled in from the record's position.
   */
  static RecordRules<RankRequest> rankRequests(Surfaces surfaces) {
    return (request, record) -> {
      Surface surface = surface(surfaces, request.getSurface());
      if (request.getUserId().isEmpty()) {
        throw new RejectedRecordException(
            RejectReason.REJECT_REASON_INVALID, "user_id: empty (expected: the user to answer)");
      }
      if (request.hasItems()) {
        throw new RejectedRecordException(
            RejectReason.REJECT_REASON_INVALID,
            "items: given (expected: none over Kafka; the ranking service retrieves items)");
      }
      if (request.getActionsCount() == 0 && surface.catalogue().isEmpty()) {
        throw new RejectedRecordException(
            RejectReason.REJECT_REASON_INVALID,
            "actions: none (expected: 1 to 1000, as surface %s has no catalogue)"
                .formatted(surface.name()));
      }
      return request.getDecisionId().isEmpty()
          ? request.toBuilder().setDecisionId(record.position()).build()
          : request;
    };
  }

  /** Written by the session job: of a known surface, with an id that tells a repeat. */
  static RecordRules<Signal> signals(Surfaces surfaces) {
    return (signal, record) -> {
      surface(surfaces, signal.getSurface());
      if (signal.getSignalId().isEmpty()) {
        throw new RejectedRecordException(
            RejectReason.REJECT_REASON_INVALID, "signal_id: empty (expected: the match's id)");
      }
      requireUsableTime(signal.getEndedMillis(), record);
      return signal;
    };
  }

  /** Says something, at a time; about a surface: one that is known. */
  static RecordRules<Control> control(Surfaces surfaces) {
    return (control, record) -> {
      if (control.getEntityCase() == Control.EntityCase.ENTITY_NOT_SET) {
        throw new RejectedRecordException(
            RejectReason.REJECT_REASON_INVALID, "entity: absent (expected: what is changed)");
      }
      if (control.hasMerged()) {
        throw new RejectedRecordException(
            RejectReason.REJECT_REASON_INVALID,
            "merged: given (expected: absent, the learning job makes merged models itself)");
      }
      if (control.getCreatedMillis() <= 0) {
        throw new RejectedRecordException(
            RejectReason.REJECT_REASON_INVALID,
            "created_millis: %d (expected: a time)".formatted(control.getCreatedMillis()));
      }
      if (control.hasWriterEpoch()) {
        requireEpoch(control.getWriterEpoch().getEpoch());
      }
      if (control.hasWriterClaim()) {
        requireClaim(control.getWriterClaim());
      }
      if (control.hasSurface()) {
        surface(surfaces, control.getSurface().getName());
      }
      return control;
    };
  }

  /** Known surface; the record's key is the item's; the time filled in from the record's. */
  static RecordRules<Item> items(Surfaces surfaces) {
    return new ItemRules(surfaces);
  }

  /** Written by the learning job alone: taken as it is, the assembler checks the sums. */
  static RecordRules<ModelSnapshot> models() {
    return (part, record) -> part;
  }

  private static void requireClaim(WriterClaim claim) throws RejectedRecordException {
    try {
      WriterClaims.check(claim);
    } catch (IllegalArgumentException e) {
      throw new RejectedRecordException(
          RejectReason.REJECT_REASON_INVALID, String.valueOf(e.getMessage()));
    }
  }

  private static void requireEpoch(long epoch) throws RejectedRecordException {
    if (epoch < 1 || epoch > ModelVersions.LARGEST_EPOCH) {
      throw new RejectedRecordException(
          RejectReason.REJECT_REASON_OUT_OF_RANGE,
          "writer_epoch.epoch: %d (expected: 1 to %d)"
              .formatted(epoch, ModelVersions.LARGEST_EPOCH));
    }
  }

  private static void requireSlots(Decision decision, Surface surface)
      throws RejectedRecordException {
    if (surface.multiSlot() != (decision.getSlotsCount() > 0)) {
      throw new RejectedRecordException(
          RejectReason.REJECT_REASON_INVALID,
          "slots: %d (expected: %s, as surface %s %s)"
              .formatted(
                  decision.getSlotsCount(),
                  surface.multiSlot() ? "at least 1" : "none",
                  surface.name(),
                  surface.multiSlot() ? "fills several slots" : "makes one ranking"));
    }
    for (int i = 0; i < decision.getSlotsCount(); i++) {
      requirePropensity(
          "slots[" + i + "].propensity", decision.getSlots(i).getPropensity(), surface);
    }
  }

  private static void requirePropensity(String field, double propensity, Surface surface)
      throws RejectedRecordException {
    if (propensity < surface.minPropensity()) {
      throw new RejectedRecordException(
          RejectReason.REJECT_REASON_OUT_OF_RANGE,
          "%s: %s (expected: at least %s)".formatted(field, propensity, surface.minPropensity()));
    }
  }

  /**
   * A time that can be folded or joined. One far ahead of its record's would make everything after
   * it late, or would be held for a window that does not come; a record whose own time is ahead has
   * been refused before.
   */
  private static void requireUsableTime(long eventTimeMillis, SourceRecord record)
      throws RejectedRecordException {
    if (eventTimeMillis == 0 && record.timestampMillis() <= 0) {
      throw new RejectedRecordException(
          RejectReason.REJECT_REASON_INVALID,
          "event_time_millis: 0 (expected: a time, as the record has none)");
    }
    long aheadMillis = eventTimeMillis - record.timestampMillis();
    if (record.timestampMillis() > 0 && aheadMillis > RecordDecoder.FUTURE_MILLIS) {
      throw new RejectedRecordException(
          RejectReason.REJECT_REASON_FUTURE_TIME,
          "event_time_millis: %d ms ahead of its record (expected: at most %d)"
              .formatted(aheadMillis, RecordDecoder.FUTURE_MILLIS));
    }
  }

  static Surface surface(Surfaces surfaces, String name) throws RejectedRecordException {
    Surface surface = surfaces.find(name);
    if (surface == null) {
      throw new RejectedRecordException(
          RejectReason.REJECT_REASON_UNKNOWN_SURFACE,
          "surface: no surface of that name is configured");
    }
    return surface;
  }
}
