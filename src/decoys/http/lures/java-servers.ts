/** Java application servers and what runs on them. */

import type { Lure } from '../lure.ts';
import { groovyCommand } from '../nested-payload.ts';
import { callsFile, fileAnswer, keepFile, runOnce } from '../uploaded-file.ts';
import { html, json, output, text, xml } from './answers.ts';
import { confluence } from './confluence.ts';
import { teamcity } from './teamcity.ts';

const log4j: Lure = {
  product: 'log4j',
  summary: 'Log4j: looks up what stands in any logged field; the page is the ordinary one',
  signatures: ['log4shell-jndi-lookup'],
  // The vulnerable server answers as always; what it would fetch is recorded by the decoy.
  answer: () => null,
};

const struts: Lure = {
  product: 'struts',
  summary: 'Struts: OGNL in Content-Type and in parameters',
  signatures: ['struts-content-type-ognl', 'struts-ognl-parameter'],
  answer: (visit) => output(visit, 'text/plain'),
};

const strutsRest: Lure = {
  product: 'struts',
  summary: 'Struts REST plugin: XStream builds what the XML names',
  signatures: ['struts-rest-xstream'],
  answer: () =>
    html(
      '<html><head><title>Apache Tomcat - Error report</title></head><body><h1>HTTP Status 500 - java.lang.String cannot be cast to java.security.Provider$Service</h1></body></html>',
      500,
    ),
};

const spring4shell: Lure = {
  product: 'spring',
  summary: 'Spring: the class loader’s parameters write a JSP, which then takes commands',
  remembers: 'where the JSP was written',
  signatures: ['spring4shell-class-loader', 'spring-cloud-function-spel'],
  answer: (visit) => {
    if (visit.matched.has('spring4shell-class-loader')) {
      const name =
        /prefix=([\w-]{1,40})/.exec(visit.request.rawQuery + visit.request.anywhere)?.[1] ?? 'tomcatwar';
      visit.memory.set('spring-jsp', `/${name}.jsp`.toLowerCase());
      return html('');
    }
    if (visit.matched.has('spring-cloud-function-spel')) {
      return json(
        {
          timestamp: new Date(visit.now()).toISOString(),
          status: 500,
          error: 'Internal Server Error',
          path: '/functionRouter',
        },
        500,
      );
    }
    const command = visit.request.parameters.get('cmd')?.[0] ?? '';
    return html(command === '' ? '' : `${visit.run(command)}\n//\n`);
  },
  follows: (visit) => visit.memory.get('spring-jsp') === visit.request.path.toLowerCase(),
};

const springGateway: Lure = {
  product: 'spring-cloud-gateway',
  summary: 'Spring Cloud Gateway: a route with SpEL is made, refreshed and read',
  remembers: 'the route made, and what its expression printed',
  signatures: ['spring-cloud-gateway-spel'],
  answer: (visit) => {
    const path = visit.request.path.toLowerCase();
    if (path.endsWith('/refresh')) return text('');
    if (visit.request.method === 'POST') {
      const result = visit.command === '' ? '' : visit.run(visit.command);
      visit.memory.set('gateway-route', path);
      visit.memory.set('gateway-result', result);
      return { status: 201, headers: [['Location', path.replace('/actuator/gateway', '')]], body: '' };
    }
    if (visit.request.method === 'DELETE') return text('');
    return json({
      predicate: 'Paths: [/**], match trailing slash: true',
      route_id: path.split('/').at(-1),
      filters: [`[[AddResponseHeader Result = '${visit.memory.get('gateway-result') ?? ''}'], order = 1]`],
      uri: 'http://example.com:80',
      order: 0,
    });
  },
  follows: (visit) => {
    const path = visit.request.path.toLowerCase();
    return path === '/actuator/gateway/refresh' || visit.memory.get('gateway-route') === path;
  },
};

const weblogicXml: Lure = {
  product: 'weblogic',
  summary: 'WebLogic: wls-wsat and _async decode Java objects from XML',
  signatures: ['weblogic-wls-wsat-xmldecoder', 'weblogic-async-xmldecoder'],
  answer: (visit) => {
    if (visit.command !== '') visit.run(visit.command);
    if (visit.matched.has('weblogic-async-xmldecoder')) return { status: 202, body: '' };
    return xml(
      '<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><S:Fault xmlns:ns4="http://www.w3.org/2003/05/soap-envelope"><faultcode>S:Server</faultcode><faultstring>0</faultstring></S:Fault></S:Body></S:Envelope>',
      500,
    );
  },
};

const weblogicConsole: Lure = {
  product: 'weblogic',
  summary: 'WebLogic: the console behind an encoded traversal, and its handles that run commands',
  signatures: ['weblogic-console-bypass', 'weblogic-console-handle-rce'],
  answer: (visit) =>
    visit.command === ''
      ? html(
          '<html><head><title>Home - AdminServer - WLS Console</title></head><body>Welcome, weblogic<br>Connected to: base_domain</body></html>',
        )
      : output(visit),
};

const geoserver: Lure = {
  product: 'geoserver',
  summary: 'GeoServer: property names are evaluated',
  signatures: ['geoserver-property-evaluation'],
  answer: (visit) => {
    if (visit.command !== '') visit.run(visit.command);
    return xml(
      '<?xml version="1.0" encoding="UTF-8"?><ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" version="2.0.0"><ows:Exception exceptionCode="NoApplicableCode"><ows:ExceptionText>java.lang.ClassCastException: class java.lang.ProcessImpl cannot be cast to class org.opengis.feature.type.AttributeDescriptor</ows:ExceptionText></ows:Exception></ows:ExceptionReport>',
      400,
    );
  },
};

const jenkins: Lure = {
  product: 'jenkins',
  summary: 'Jenkins: the CLI expands @file, the script check runs Groovy',
  signatures: ['jenkins-cli-file-read', 'jenkins-checkscript-groovy'],
  answer: (visit) =>
    visit.command === ''
      ? text(`ERROR: Too many arguments: ${(visit.file('/etc/passwd') ?? '').split('\n')[0] ?? ''}\n`)
      : output(visit),
};

const ofbiz: Lure = {
  product: 'ofbiz',
  summary:
    'OFBiz: an empty login passes, ProgramExport runs Groovy, ViewDataFile saves a page where it is told',
  remembers: 'the pages saved',
  signatures: ['ofbiz-auth-bypass-groovy', 'ofbiz-xmlrpc-deserialization'],
  answer: (visit) => {
    const { request } = visit;
    if (callsFile(visit)) return fileAnswer(visit);
    const place = request.parameter('datafile_save') ?? '';
    const below = /\/webapp\/([\w./-]{1,200})$/.exec(place.replaceAll('\\', '/'))?.[1];
    // What would be saved lies on another's server, and is not fetched: a page that runs its parameter stands for it.
    if (below !== undefined) keepFile(visit, `/${below}`, '<%= request.getParameter("cmd") %>');
    const command =
      visit.command === '' ? groovyCommand(request.parameter('groovyprogram') ?? '') : visit.command;
    return html(
      `<!DOCTYPE html><html><body><div class="content-messages errorMessage"><p>java.lang.Exception: ${runOnce(visit, command)}</p></div></body></html>`,
    );
  },
  follows: callsFile,
};

export const javaServers: readonly Lure[] = [
  log4j,
  ...confluence,
  struts,
  strutsRest,
  spring4shell,
  springGateway,
  weblogicXml,
  weblogicConsole,
  geoserver,
  jenkins,
  teamcity,
  ofbiz,
];
