package io.waggle.core.rule;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.Item;
import io.waggle.v1.Namespace;
import io.waggle.v1.PutItemsRequest;
import io.waggle.v1.RankRequest;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.TrackRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes a broken message cheap to explain. Protovalidate needs about 8 us a feature, so a request
 * of 5 MB with one wrong number would hold a thread for seconds: a way to bring a service down.
 * Here every part that the check by hand accepts is replaced by the smallest valid one of its kind,
 * at the same index, and lists are cut after the first element too many. What is left breaks the
 * same rules at the same paths; of several hundred broken parts the first few dozen stay. One use
 * each; one thread.
 */
final class Suspects {
  /** One more than the longest list of messages any hot message may hold. */
  private static final int MAX_ITEMS = 1001;

  /** One more than the longest list of texts. */
  private static final int MAX_TEXTS = 10_001;

  /** Broken parts kept as they are, over all levels; enough for the violations that are told. */
  private static final int MAX_SUSPECTS = 3 * MessageRules.MAX_VIOLATIONS;

  private static final Map<Descriptor, Message> SMALLEST =
      Map.of(
          Feature.getDescriptor(),
          Feature.newBuilder()
              .setName("f")
              .setValue(FeatureValue.newBuilder().setNumber(0))
              .build(),
          Namespace.getDescriptor(),
          Namespace.newBuilder().setName("n").build(),
          Action.getDescriptor(),
          Action.newBuilder().setId("a").build(),
          Interaction.getDescriptor(),
          Interaction.newBuilder().setSurface("s").setUserId("u").setType("t").build(),
          Item.getDescriptor(),
          Item.newBuilder().setSurface("s").setItemId("i").build(),
          Slot.getDescriptor(),
          Slot.newBuilder().setId("s").build(),
          SlotDecision.getDescriptor(),
          SlotDecision.newBuilder().setSlot(Slot.newBuilder().setId("s")).setPropensity(1).build());

  /** The messages that come in masses and from outside; others are explained as they are. */
  private static final Set<Descriptor> REDUCED =
      Set.of(
          RankRequest.getDescriptor(),
          Decision.getDescriptor(),
          Interaction.getDescriptor(),
          TrackRequest.getDescriptor(),
          Item.getDescriptor(),
          PutItemsRequest.getDescriptor());

  private int suspects;

  private Suspects() {}

  /** The message with only its suspicious parts left as they are. */
  static Message only(Message message) {
    return REDUCED.contains(message.getDescriptorForType())
        ? new Suspects().reduce(message)
        : message;
  }

  private Message reduce(Message message) {
    Message.Builder reduced = message.toBuilder();
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (field.isRepeated() && !field.isMapField()) {
                reduced.setField(field, reduceList(field, (List<?>) value));
              } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                  && !field.isMapField()) {
                reduced.setField(field, reduce((Message) value));
              }
            });
    return reduced.build();
  }

  private List<?> reduceList(FieldDescriptor field, List<?> values) {
    if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
      return values.subList(0, Math.min(values.size(), MAX_TEXTS));
    }
    List<?> first = values.subList(0, Math.min(values.size(), MAX_ITEMS));
    Message smallest = SMALLEST.get(field.getMessageType());
    if (smallest == null) {
      return first;
    }
    return first.stream().map(value -> reduceElement((Message) value, smallest)).toList();
  }

  private Message reduceElement(Message element, Message smallest) {
    if (suspects >= MAX_SUSPECTS || FastChecks.accepts(element)) {
      return smallest;
    }
    suspects++;
    return reduce(element);
  }
}
