package io.waggle.jobs.signal;

import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Interactions that the shipped signals find something in. */
public final class RandomInteractions {
  public static final long START = 1_700_000_000_000L;
  private static final String[] TYPES = {"view", "click", "click", "click", "cart", "order"};

  private RandomInteractions() {}

  /** Of a few users with few items, in the order of their times, with pauses up to days. */
  public static List<Interaction> of(long seed, String surface, int count) {
    Random random = new Random(seed);
    List<Interaction> interactions = new ArrayList<>();
    long timeMillis = START;
    for (int i = 0; i < count; i++) {
      timeMillis += random.nextInt(1500);
      if (random.nextInt(count / 10) == 0) {
        timeMillis += random.nextLong(9L * 86_400_000);
      }
      Interaction.Builder interaction =
          Interaction.newBuilder()
              .setInteractionId("i" + i)
              .setSurface(surface)
              .setUserId("u" + random.nextInt(5))
              .setType(TYPES[random.nextInt(TYPES.length)])
              .setItemId("item" + random.nextInt(3))
              .setEventTimeMillis(timeMillis);
      if (random.nextInt(10) == 0) {
        interaction.addProperties(
            Feature.newBuilder().setName("entry").setValue(FeatureValue.newBuilder().setNumber(1)));
      }
      interactions.add(interaction.build());
    }
    return interactions;
  }

  /** One of another user that moves event time past everything that is half open. */
  public static Interaction end(String surface) {
    return Interaction.newBuilder()
        .setInteractionId("end")
        .setSurface(surface)
        .setUserId("end")
        .setType("end")
        .setEventTimeMillis(START + 400L * 86_400_000)
        .build();
  }
}
