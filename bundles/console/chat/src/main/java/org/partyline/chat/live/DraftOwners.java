package org.partyline.chat.live;

import java.util.HashMap;
import java.util.Map;
import org.partyline.api.engine.Conversations;

/** Records which screen owns a draft, so that no two screens of a server show and send the same one. */
public final class DraftOwners {
    private final Map<Conversations.Place, Object> owners = new HashMap<>();

    /** Claims a draft that no screen owns. @return whether this screen owns it now */
    synchronized boolean claim(Conversations.Place place, Object screen) {
        return owners.computeIfAbsent(place, free -> screen) == screen;
    }

    /** Claims a draft, whichever screen owns it. */
    synchronized void take(Conversations.Place place, Object screen) {
        owners.put(place, screen);
    }

    /** Releases all drafts of a screen that is closed. */
    synchronized void release(Object screen) {
        owners.values().removeIf(owner -> owner == screen);
    }

    /** Releases a draft that was deleted. */
    synchronized void release(Conversations.Place place, Object screen) {
        owners.remove(place, screen);
    }
}
