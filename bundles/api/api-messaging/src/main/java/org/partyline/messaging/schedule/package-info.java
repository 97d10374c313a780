/** When packets leave: delays, limits, and the points of cover traffic. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.schedule;
