package org.partyline.doctor;

import org.partyline.api.PartylineException;

/** Provides services to the checks. Each may be unavailable. */
interface DoctorSources {
    /**
     * A service for one check.
     *
     * @throws PartylineException if it is unavailable
     */
    <T> T need(Class<T> type) throws PartylineException;
}
