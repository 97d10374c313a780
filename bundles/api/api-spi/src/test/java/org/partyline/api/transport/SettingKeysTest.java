package org.partyline.api.transport;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;

class SettingKeysTest {
    @interface Described {
        String name();

        int batch$_$size();

        String some_thing();

        String snake__case();
    }

    @Test
    void keysAreReadFromTheDescription() {
        assertEquals(List.of("batch-size", "name", "snake_case", "some.thing"), SettingKeys.of(Described.class));
    }

    @Test
    void aKeyThatIsNoneIsNamedWithThoseThatThereAre() {
        assertDoesNotThrow(() -> SettingKeys.check("rpc", Described.class, List.of("name", "batch-size")));
        assertEquals(
                "a node of type rpc has no setting 'nonsense': its settings are batch-size, name, snake_case, some.thing",
                assertThrows(
                                PartylineException.class,
                                () -> SettingKeys.check("rpc", Described.class, List.of("name", "nonsense")))
                        .getMessage());
    }
}
