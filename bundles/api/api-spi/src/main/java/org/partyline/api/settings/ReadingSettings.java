package org.partyline.api.settings;

import java.time.Duration;

/**
 * Settings for reading packets.
 *
 * @param legacyV1 whether messages of version 1 are read
 * @param reorderHold how long a message waits for one that its sender sent before it
 * @param catchUp a server that was unavailable for longer than this gives up reading what it missed
 */
public record ReadingSettings(boolean legacyV1, Duration reorderHold, Duration catchUp) {}
