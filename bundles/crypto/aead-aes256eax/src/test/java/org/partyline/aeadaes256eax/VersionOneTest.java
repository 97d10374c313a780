package org.partyline.aeadaes256eax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The version-1 messages of the protocol's vectors open (PROTOCOL 10). */
class VersionOneTest {
    @TestFactory
    Stream<DynamicTest> theProtocolsVectorsOpen() throws Exception {
        String json = Files.readString(
                Path.of(VersionOneTest.class.getResource("/vectors/v1.json").toURI()));
        List<String> passwords = all(json, "\"password\": \"([^\"]*)\"");
        List<String> nonces = all(json, "\\\\\"nonce\\\\\": \\\\\"([^\\\\]*)\\\\\"");
        List<String> ciphers = all(json, "\\\\\"cipher\\\\\": \\\\\"([^\\\\]*)\\\\\"");
        List<String> tags = all(json, "\\\\\"tag\\\\\": \\\\\"([^\\\\]*)\\\\\"");
        List<String> senders = all(json, "\"sender\": \"([^\"]*)\"");
        assertEquals(2, passwords.size());
        return Stream.of(0, 1)
                .map(i -> DynamicTest.dynamicTest("from " + senders.get(i), () -> {
                    ByteArrayOutputStream sealed = new ByteArrayOutputStream();
                    sealed.write(Base64.getDecoder().decode(ciphers.get(i)));
                    sealed.write(Base64.getDecoder().decode(tags.get(i)));
                    byte[] plaintext = new Aes256Eax()
                            .open(
                                    key(passwords.get(i)),
                                    Base64.getDecoder().decode(nonces.get(i)),
                                    new byte[0],
                                    sealed.toByteArray());
                    String text = new String(plaintext, StandardCharsets.UTF_8);
                    assertTrue(text.contains("\"sender\": \"" + senders.get(i) + "\""), text);
                }));
    }

    private static byte[] key(String password) throws Exception {
        byte[] salt = "mempool_partyline_salt".getBytes(StandardCharsets.US_ASCII);
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(password.toCharArray(), salt, 100_000, 256))
                .getEncoded();
    }

    private static List<String> all(String json, String pattern) {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern).matcher(json);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
