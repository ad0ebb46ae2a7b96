package io.waggle.core.rule;

import com.google.protobuf.Message;
import io.waggle.v1.Action;
import io.waggle.v1.ActivateRequest;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.Item;
import io.waggle.v1.Namespace;
import io.waggle.v1.PutItemsRequest;
import io.waggle.v1.RankRequest;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardRequest;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.TextList;
import io.waggle.v1.TrackRequest;
import java.util.List;

/**
 * The annotations of the hot messages written out by hand: lists walked by index, nothing
 * allocated. INVARIANT: accepts a message only if protovalidate does; a seeded test holds the two
 * together in both directions, so a rule changed in a {@code .proto} fails there until it is
 * changed here. Pure; any thread.
 */
final class FastChecks {
  static final int ID_BYTES = 256;
  private static final int SURFACE_BYTES = 128;
  private static final int NAMESPACE_BYTES = 64;
  private static final int TYPE_BYTES = 64;
  private static final int TEXT_BYTES = 1024;
  private static final int MAX_NAMESPACES = 16;
  private static final int MAX_SESSION_NAMESPACES = 16;
  private static final int MAX_FEATURES = 1000;
  private static final int MAX_PROPERTIES = 64;
  private static final int MAX_TEXTS = 256;
  static final int MAX_ACTIONS = 1000;
  private static final int MAX_INTERACTIONS = 1000;
  private static final int MAX_ITEMS = 1000;
  private static final int MAX_CONTRIBUTIONS = 100;
  private static final double MAX_NUMBER = 1e6;

  private FastChecks() {}

  /** True: valid for certain. False: broken, or a message that has no check by hand. */
  static boolean accepts(Message message) {
    return accepts(message, ValidActions.NONE);
  }

  /** As {@link #accepts(Message)}, without looking through actions that were valid before. */
  static boolean accepts(Message message, ValidActions valid) {
    if (message instanceof Feature feature) {
      return feature(feature);
    } else if (message instanceof Namespace namespace) {
      return namespace(namespace);
    } else if (message instanceof Action action) {
      return action(action);
    } else if (message instanceof RankRequest request) {
      return rankRequest(request, valid);
    } else if (message instanceof Decision decision) {
      return decision(decision, valid);
    } else if (message instanceof Slot slot) {
      return FastSlotChecks.slot(slot);
    } else if (message instanceof SlotDecision slot) {
      return FastSlotChecks.slotDecision(slot);
    } else if (message instanceof Interaction interaction) {
      return interaction(interaction);
    } else if (message instanceof TrackRequest request) {
      return trackRequest(request);
    } else if (message instanceof Reward reward) {
      return reward(reward);
    } else if (message instanceof RewardRequest request) {
      return rewardRequest(request);
    } else if (message instanceof ActivateRequest request) {
      return activateRequest(request);
    } else if (message instanceof Item item) {
      return item(item);
    } else if (message instanceof PutItemsRequest request) {
      return putItemsRequest(request);
    }
    return false;
  }

  private static boolean rankRequest(RankRequest request, ValidActions valid) {
    return atMost(request.getDecisionId(), ID_BYTES)
        && filled(request.getSurface(), SURFACE_BYTES)
        && atMost(request.getUserId(), ID_BYTES)
        && namespaces(request.getContextList(), MAX_NAMESPACES)
        && actions(request.getActionsList(), valid)
        && FastSlotChecks.slots(request.getSlotsList())
        && SelectionRules.accepts(request.getItems())
        && request.getExplainLimit() >= 0
        && request.getExplainLimit() <= MAX_CONTRIBUTIONS;
  }

  private static boolean decision(Decision decision, ValidActions valid) {
    return filled(decision.getDecisionId(), ID_BYTES)
        && filled(decision.getSurface(), SURFACE_BYTES)
        && atMost(decision.getUserId(), ID_BYTES)
        && decision.getEventTimeMillis() > 0
        && namespaces(decision.getContextList(), MAX_NAMESPACES)
        && namespaces(decision.getSessionList(), MAX_SESSION_NAMESPACES)
        && decision.getActionsCount() >= 1
        && actions(decision.getActionsList(), valid)
        && decision.getOrderCount() >= 1
        && decision.getOrderCount() <= MAX_ACTIONS
        && decision.getProbabilitiesCount() <= MAX_ACTIONS
        && decision.getPropensity() > 0
        && decision.getPropensity() <= 1
        && atMost(decision.getPolicy(), SURFACE_BYTES)
        && decision.getModelVersion() >= 0
        && FastSlotChecks.slotDecisions(decision.getSlotsList())
        && FastConstraintChecks.effects(decision.getConstraintsList())
        && FastConstraintChecks.factors(decision.getFactors());
  }

  private static boolean trackRequest(TrackRequest request) {
    int count = request.getInteractionsCount();
    if (count < 1 || count > MAX_INTERACTIONS) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!interaction(request.getInteractions(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean interaction(Interaction interaction) {
    return atMost(interaction.getInteractionId(), ID_BYTES)
        && filled(interaction.getSurface(), SURFACE_BYTES)
        && filled(interaction.getUserId(), ID_BYTES)
        && filled(interaction.getType(), TYPE_BYTES)
        && atMost(interaction.getItemId(), ID_BYTES)
        && atMost(interaction.getCategory(), ID_BYTES)
        && atMost(interaction.getDecisionId(), ID_BYTES)
        && interaction.getEventTimeMillis() >= 0
        && features(interaction.getPropertiesList(), MAX_PROPERTIES);
  }

  private static boolean reward(Reward reward) {
    return atMost(reward.getRewardId(), ID_BYTES)
        && filled(reward.getDecisionId(), ID_BYTES)
        && filled(reward.getSurface(), SURFACE_BYTES)
        && reward.getEventTimeMillis() >= 0
        && atMost(reward.getSlotId(), ID_BYTES)
        && switch (reward.getKindCase()) {
          case VALUE -> Double.isFinite(reward.getValue());
          case ACTIVATION -> true;
          case KIND_NOT_SET -> false;
        };
  }

  private static boolean rewardRequest(RewardRequest request) {
    return filled(request.getDecisionId(), ID_BYTES)
        && filled(request.getSurface(), SURFACE_BYTES)
        && Double.isFinite(request.getValue())
        && atMost(request.getRewardId(), ID_BYTES)
        && atMost(request.getSlotId(), ID_BYTES)
        && request.getEventTimeMillis() >= 0;
  }

  private static boolean activateRequest(ActivateRequest request) {
    return filled(request.getDecisionId(), ID_BYTES)
        && filled(request.getSurface(), SURFACE_BYTES)
        && request.getEventTimeMillis() >= 0;
  }

  private static boolean item(Item item) {
    return filled(item.getSurface(), SURFACE_BYTES)
        && filled(item.getItemId(), ID_BYTES)
        && namespaces(item.getAttributesList(), MAX_NAMESPACES)
        && item.getUpdatedMillis() >= 0;
  }

  private static boolean putItemsRequest(PutItemsRequest request) {
    int count = request.getItemsCount();
    if (count < 1 || count > MAX_ITEMS) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!item(request.getItems(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean actions(List<Action> actions, ValidActions valid) {
    int count = actions.size();
    if (count > MAX_ACTIONS) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!valid.isValid(actions.get(i), FastChecks::action)) {
        return false;
      }
    }
    return true;
  }

  private static boolean action(Action action) {
    return filled(action.getId(), ID_BYTES)
        && namespaces(action.getNamespacesList(), MAX_NAMESPACES);
  }

  static boolean namespaces(List<Namespace> namespaces, int most) {
    int count = namespaces.size();
    if (count > most) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!namespace(namespaces.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean namespace(Namespace namespace) {
    return isNamespaceName(namespace.getName())
        && features(namespace.getFeaturesList(), MAX_FEATURES);
  }

  private static boolean features(List<Feature> features, int most) {
    int count = features.size();
    if (count > most) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!feature(features.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean feature(Feature feature) {
    if (!feature.hasValue() || !filled(feature.getName(), ID_BYTES)) {
      return false;
    }
    FeatureValue value = feature.getValue();
    return switch (value.getKindCase()) {
      // False for NaN too.
      case NUMBER -> Math.abs(value.getNumber()) <= MAX_NUMBER;
      case TEXT -> atMost(value.getText(), TEXT_BYTES);
      case TEXTS -> texts(value.getTexts());
      case KIND_NOT_SET -> false;
    };
  }

  private static boolean texts(TextList texts) {
    int count = texts.getValuesCount();
    if (count > MAX_TEXTS) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!atMost(texts.getValues(i), TEXT_BYTES)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNamespaceName(String name) {
    int length = name.length();
    if (length == 0 || length > NAMESPACE_BYTES || !isLetter(name.charAt(0))) {
      return false;
    }
    for (int i = 1; i < length; i++) {
      char c = name.charAt(i);
      if (!isLetter(c) && !(c >= '0' && c <= '9') && c != '_') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static boolean filled(String text, int maxBytes) {
    return !text.isEmpty() && atMost(text, maxBytes);
  }

  /** No char takes more than 3 bytes of UTF-8, so short texts need no counting. */
  static boolean atMost(String text, int maxBytes) {
    return text.length() * 3L <= maxBytes || utf8Bytes(text, maxBytes) <= maxBytes;
  }

  /** Bytes of the text in UTF-8, counted until they exceed the limit. */
  private static int utf8Bytes(String text, int limit) {
    int bytes = 0;
    for (int i = 0; i < text.length() && bytes <= limit; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes += 1;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        // Half a pair is encoded as a question mark.
        bytes += 1;
      }
    }
    return bytes;
  }
}
