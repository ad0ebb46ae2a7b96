package io.waggle.core.declared;

import io.waggle.v1.FeatureConfig;
import io.waggle.v1.LocalTimeFeature;
import io.waggle.v1.TimePart;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The local time of a request. Pure; any thread. */
public final class LocalTimes {
  /** Looked up before a zone is made of a text of the request: an exception would cost more. */
  private static final Set<String> ZONES = Set.copyOf(ZoneId.getAvailableZoneIds());

  private static final List<String> DAYPARTS = List.of("night", "morning", "afternoon", "evening");

  private LocalTimes() {}

  /** True for a name of the time zone database. */
  public static boolean isZone(String name) {
    return ZONES.contains(name);
  }

  static SharedEncoding of(FeatureConfig feature) {
    LocalTimeFeature local = feature.getLocalTime();
    ZoneId zone = ZoneId.of(local.getZone().isEmpty() ? "UTC" : local.getZone());
    SourceFeature zoneFeature =
        local.getZoneFeature().isEmpty() ? null : new SourceFeature(local.getZoneFeature());
    List<String> names = FeatureKinds.names(feature);
    return (out, state, at) -> {
      ZonedDateTime time =
          Instant.ofEpochMilli(at.timeMillis()).atZone(zone(zoneFeature, zone, at));
      for (int i = 0; i < names.size(); i++) {
        out.text(names.get(i), part(local.getParts(i), time));
      }
    };
  }

  private static ZoneId zone(@Nullable SourceFeature feature, ZoneId otherwise, Situation at) {
    if (feature == null) {
      return otherwise;
    }
    for (String name : feature.texts(at.context())) {
      if (isZone(name)) {
        return ZoneId.of(name);
      }
    }
    return otherwise;
  }

  private static String part(TimePart part, ZonedDateTime time) {
    DayOfWeek day = time.getDayOfWeek();
    return switch (part) {
      case TIME_PART_HOUR -> Integer.toString(time.getHour());
      case TIME_PART_DAYPART -> DAYPARTS.get(time.getHour() / 6);
      case TIME_PART_WEEKDAY -> day.name().substring(0, 3).toLowerCase(Locale.ROOT);
      case TIME_PART_WEEKEND ->
          Boolean.toString(day == DayOfWeek.SATURDAY || day == DayOfWeek.SUNDAY);
      case TIME_PART_UNSPECIFIED, UNRECOGNIZED -> "";
    };
  }
}
