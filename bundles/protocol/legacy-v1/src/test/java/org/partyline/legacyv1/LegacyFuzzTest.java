package org.partyline.legacyv1;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Anything that a stranger or a member writes is either read or not, without an exception. */
class LegacyFuzzTest {
    private final VersionOneReader reader = new VersionOneReader();

    @FuzzTest(maxDuration = "10m")
    void aStrangersPayloadIsNotRead(byte[] payload) {
        reader.open(payload, Written.KEY, new BouncyEax())
                .ifPresent(message -> assertTrue(message.sender().codePoints().count() <= 32));
    }

    @FuzzTest(maxDuration = "10m")
    void aMembersWordsAreReadOrNot(byte[] plaintext) {
        reader.open(Written.message(plaintext), Written.KEY, new BouncyEax()).ifPresent(message -> {
            assertTrue(message.sender().codePoints().count() <= 32);
            assertTrue(message.sender().codePoints().noneMatch(Character::isISOControl));
            assertTrue(message.timestamp() >= 0 && message.timestamp() <= 0xffffffffL);
        });
    }
}
