package org.partyline.webapi;

import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.ServerStatus;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Doctor;
import org.partyline.api.store.Store;
import org.partyline.api.web.WebProblem;

/** Provides the services behind the API; each may be unavailable at any time, and is looked up once per call. */
interface ApiServices {
    /** @throws WebProblem while it is not running */
    Messages messages() throws WebProblem;

    /** @throws WebProblem while it is not running */
    Conversations conversations() throws WebProblem;

    /** @throws WebProblem while it is not running */
    Contacts contacts() throws WebProblem;

    /** @throws WebProblem while it is not running */
    Events events() throws WebProblem;

    /** @throws WebProblem while it is not running */
    Store store() throws WebProblem;

    /** @throws WebProblem while it is not running */
    ServerStatus status() throws WebProblem;

    /** @throws WebProblem while it is not running */
    Vault vault() throws WebProblem;

    /** @throws WebProblem while it is not running */
    Nodes nodes() throws WebProblem;

    /** @throws WebProblem while it is not running */
    Doctor doctor() throws WebProblem;
}
