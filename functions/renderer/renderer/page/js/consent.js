// Lets the consent engine decline; returns the name of the banner that it declined, or null.
({rules, milliseconds}) => new Promise((resolve) => {
  const config = {
    enabled: true, autoAction: "optOut", disabledCmps: [], enablePrehide: false, enableCosmeticRules: true,
    detectRetries: 1, isMainWorld: true, prehideTimeout: 1000,
    logs: {lifecycle: false, rulesteps: false, evals: false, errors: false, messages: false},
  };
  const receive = window.autoconsentReceiveMessage;
  const evaluated = async (code) => { try { return await (0, eval)(code); } catch { return false; } };
  const answer = {
    init: () => receive({type: "initResp", config, rules: {autoconsent: rules}}),
    eval: async ({id, code}) => receive({type: "evalResp", id, result: await evaluated(code)}),
    autoconsentDone: ({cmp}) => resolve(cmp),
    optOutResult: ({cmp, result}) => result || resolve(null),
    report: ({state}) => state.lifecycle === "nothingDetected" && resolve(null),
  };
  window.autoconsentAnswer = (message) => setTimeout(() => answer[message.type]?.(message), 0);
  for (const message of window.autoconsentInbox) window.autoconsentAnswer(message);
  setTimeout(() => resolve(null), milliseconds);
})
