package org.partyline.api.settings;

import java.time.Duration;

/**
 * Settings for reading packets.
 *
 * @param legacyV1 whether version-1 messages are read
 * @param reorderHold how long a message waits for an earlier one of the same sender
 * @param catchUp after an outage longer than this, the server does not try to read what it missed
 */
public record ReadingSettings(boolean legacyV1, Duration reorderHold, Duration catchUp) {}
