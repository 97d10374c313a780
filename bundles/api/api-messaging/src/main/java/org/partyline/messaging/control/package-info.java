/** The bodies of CONTROL packets (PROTOCOL 6.1). */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.control;
