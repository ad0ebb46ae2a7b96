package io.waggle.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.jobs.join.LearningNames;
import io.waggle.jobs.session.SessionNames;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/state.md has a row for every keyed, broadcast and operator state. */
class StatePageTest {
  @Test
  void everyStateAndItsOperatorIsThere() throws Exception {
    String page = Pages.read("docs/state.md");

    for (String name : names()) {
      boolean plumbing = name.contains("write") || name.contains("sink") || isPrefix(name);
      if (!plumbing) {
        assertThat(page).contains("`" + name + "`");
      }
    }
  }

  /** The prefixes of the sources' uids, which keep offsets only. */
  private static boolean isPrefix(String name) throws IOException {
    return Pages.read("docs/state.md").contains("`" + name + "-read-*`");
  }

  private static List<String> names() throws IllegalAccessException {
    List<String> names = new ArrayList<>();
    for (Class<?> constants : List.of(LearningNames.class, SessionNames.class)) {
      for (Field field : constants.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) && field.getType() == String.class) {
          field.setAccessible(true);
          names.add((String) field.get(null));
        }
      }
    }
    return names;
  }
}
