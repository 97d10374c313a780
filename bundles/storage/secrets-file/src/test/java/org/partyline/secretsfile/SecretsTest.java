package org.partyline.secretsfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.api.SecretBytes;

class SecretsTest {
    private final Secrets secrets = new Secrets();

    /** The array itself. */
    private byte[] held(String key) throws ReflectiveOperationException {
        Field values = Secrets.class.getDeclaredField("values");
        values.setAccessible(true);
        return (byte[]) ((Map<?, ?>) values.get(secrets)).get(key);
    }

    @Test
    void whatIsReplacedRemovedOrLeftIsWiped() throws Exception {
        secrets.put("a", SecretBytes.wrap(new byte[] {1, 2}));
        secrets.put("b", SecretBytes.wrap(new byte[] {3}));
        secrets.put("c", SecretBytes.wrap(new byte[] {4}));
        byte[] replaced = held("a");
        byte[] removed = held("b");
        byte[] left = held("c");
        secrets.put("a", SecretBytes.wrap(new byte[] {5}));
        assertArrayEquals(new byte[2], replaced);
        assertTrue(secrets.remove("b"));
        assertArrayEquals(new byte[1], removed);
        assertFalse(secrets.remove("b"));
        assertEquals(2, secrets.size());
        secrets.close();
        assertArrayEquals(new byte[1], left);
        assertEquals(0, secrets.size());
    }

    /** Two bytes for their number, one for the length of the key, two for the length of the value. */
    @ParameterizedTest
    @CsvSource({"0, 512", "506, 512", "507, 1024", "1018, 1024", "1019, 1536"})
    void theLengthGrowsInSteps(int value, int encoded) {
        secrets.put("k", SecretBytes.wrap(new byte[value]));
        assertEquals(encoded, secrets.encode().length);
        assertEquals(
                value, Secrets.decode(secrets.encode()).get("k").orElseThrow().length());
    }
}
